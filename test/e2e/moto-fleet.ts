// A fleet as an operator has it: instances in an EC2 that nobody here wrote, with a real HAProxy and a real memcached
// on each proxy, and a real memcached on each shard. Moto's instances run nothing, so that a machine of ours is booted
// here for each, at its own address.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DescribeAddressesCommand, DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2'
import { type Child, startChild } from '../conformance/child.js'
import { type Moto, startMoto } from '../conformance/moto.js'

export const TAGS = { role: 'proxy', cluster: 'us-east-c1' }
const SHARD_TAGS = { ...TAGS, role: 'backend' }

export type MotoFleet = {
  readonly moto: Moto
  /** Of an operator's shell. */
  readonly env: { readonly [name: string]: string }
  readonly fleetFile: (reached: Reached) => string
  /** The proxies, also those that have ended, by id. */
  readonly instances: () => Promise<ReadonlyMap<string, Instance>>
  readonly shards: () => Promise<ReadonlyMap<string, Instance>>
  /** Who holds each elastic IP, by allocation id. */
  readonly holders: () => Promise<ReadonlyMap<string, string | undefined>>
  readonly stop: () => Promise<void>
}

/** How clients reach the proxies, and how many of them may be out of service. */
export type Reached = {
  readonly address: 'elastic-ip' | 'none'
  readonly unavailable: number
  /** The network ACL by which they may be blocked, but for those in customers.txt beside the file. */
  readonly networkAcl?: string
}

/** Each of the proxies has an elastic IP. */
export const startMotoFleet = async ({ proxies, shards = 0 }: Size): Promise<MotoFleet> => {
  // The network's second number is this process's own: another run of the same test may be under way.
  const moto = await startMoto(`127.${10 + (process.pid % 240)}`)
  for (let n = 0; n < proxies; n++) {
    await moto.address(await moto.launch(moto.subnets[n % 2] ?? '', TAGS))
  }
  for (let n = 0; n < shards; n++) await moto.launch(moto.subnets[n % 2] ?? '', SHARD_TAGS)
  const [listProxies, listShards] = [() => instancesOf(moto, TAGS), () => instancesOf(moto, SHARD_TAGS)]
  const machines = [await bootMachines(listProxies, bootProxy), await bootMachines(listShards, bootShard)]
  return {
    moto,
    env: { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' },
    fleetFile: reached => fleetFile(moto, reached),
    instances: listProxies,
    shards: listShards,
    holders: async () => {
      const { Addresses = [] } = await moto.client.send(new DescribeAddressesCommand({}))
      return new Map(Addresses.map(one => [one.AllocationId ?? '', one.InstanceId || undefined]))
    },
    stop: async () => {
      for (const running of machines) await running.stop()
      await moto.stop()
    },
  }
}

type Size = { readonly proxies: number; readonly shards?: number }

const instancesOf = async ({ client }: Moto, tags: Tags): Promise<Map<string, Instance>> => {
  const Filters = Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }))
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters }))
  const all = Reservations.flatMap(({ Instances = [] }) => Instances)
  return new Map(all.map(instance => [instance.InstanceId ?? '', instance]))
}

type Tags = { readonly [key: string]: string }

const LOOK_EVERY_MS = 150

/** Boots a machine for each instance that runs, and ends it with its instance; until it is stopped. */
const bootMachines = async (
  list: () => Promise<Map<string, Instance>>,
  boot: (folder: string, ip: string) => Promise<Child>,
) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'fb-machines-'))
  const machines = new Map<string, Child>()
  const look = async (): Promise<void> => {
    for (const [id, { State, PrivateIpAddress = '' }] of await list()) {
      const machine = machines.get(id)
      const runs = State?.Name === 'running'
      if (runs && !machine) machines.set(id, await boot(folder, PrivateIpAddress))
      if (!runs && machine) {
        await machine.stop()
        machines.delete(id)
      }
    }
  }
  let stopped = false
  const watch = async (): Promise<void> => {
    while (!stopped) {
      await look()
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }
  await look() // what is there already serves before anybody looks
  const watching = watch()
  return {
    stop: async () => {
      stopped = true
      await watching
      for (const machine of machines.values()) await machine.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** A memcached, and in front of it a HAProxy with a frontend for each of two shards. */
const bootProxy = async (folder: string, ip: string): Promise<Child> => {
  const memcached = await startMemcachedAt(ip, 11_311)
  const file = path.join(folder, `${ip}.cfg`)
  await writeFile(file, haproxyConfig(ip))
  const haproxy = await startChild('haproxy', ['-db', '-f', file], { host: ip, port: 9_999 })
  return {
    stop: async () => {
      await haproxy.stop()
      await memcached.stop()
    },
  }
}

const bootShard = (_folder: string, ip: string): Promise<Child> => startMemcachedAt(ip, 11_211)

const startMemcachedAt = (ip: string, port: number): Promise<Child> =>
  startChild('memcached', ['-u', 'nobody', '-l', ip, '-p', `${port}`, '-U', '0', '-m', '16'], {
    host: ip,
    port,
  })

const haproxyConfig = (ip: string): string => `
global
  stats socket ipv4@${ip}:9999 level admin
  stats maxconn 50
defaults
  mode tcp
  timeout connect 1s
  timeout client 30s
  timeout server 30s
frontend shard1
  bind ${ip}:11211
  default_backend shard
frontend shard2
  bind ${ip}:11212
  default_backend shard
backend shard
  server s1 ${ip}:11311
`

const fleetFile = (
  { account, launchTemplate, subnets }: Moto,
  { address, unavailable, networkAcl }: Reached,
): string => `
account: "${account}"
region: us-east-1
clusters:
  ${TAGS.cluster}:
    proxies:
      kind: haproxy
      discover: { ec2: { tags: ${JSON.stringify(TAGS)} } }
      admin: tcp://{private_ip}:9999
      data: tcp://{private_ip}:11211
      frontends: [shard1, shard2]
      launch_template: ${launchTemplate}
      subnets: ${JSON.stringify(subnets)}
      instance_types: [c7i.large, r7i.large]
      address: ${address}
      min_healthy: 1
    shards:
      kind: memcached
      discover: { ec2: { tags: ${JSON.stringify(SHARD_TAGS)} } }
      data: tcp://{private_ip}:11211
${networkAcl === undefined ? '' : `    network_acl: ${networkAcl}`}
guardrails:
  max_unavailable_proxies: ${unavailable}
  failures: 2
  flush: { max_fraction: 1, per: 10m }
  filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m }
${networkAcl === undefined ? '' : ALLOWLIST}`

const ALLOWLIST = 'allowlist: { files: [customers.txt], max_age: 7d }\n'
