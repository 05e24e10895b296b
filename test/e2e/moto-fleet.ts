// A fleet as an operator has it: instances in an EC2 that nobody here wrote, with a real HAProxy and a real memcached
// on each. Moto's instances run nothing, so that a machine of ours is booted here for each, at its own address.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DescribeAddressesCommand, DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2'
import { type Child, startChild } from '../conformance/child.js'
import { type Moto, startMoto } from '../conformance/moto.js'

export const TAGS = { role: 'proxy', cluster: 'us-east-c1' }

export type MotoFleet = {
  readonly moto: Moto
  /** Of an operator's shell. */
  readonly env: { readonly [name: string]: string }
  /** The fleet file's clusters, account and Region; `address`: how clients reach its proxies. */
  readonly fleetFile: (address: 'elastic-ip' | 'none') => string
  /** Of this fleet, also those that have ended, by id. */
  readonly instances: () => Promise<ReadonlyMap<string, Instance>>
  /** Who holds each elastic IP, by allocation id. */
  readonly holders: () => Promise<ReadonlyMap<string, string | undefined>>
  readonly stop: () => Promise<void>
}

/** `addresses`: one elastic IP for each of the `proxies`. */
export const startMotoFleet = async ({ proxies, addresses }: Size): Promise<MotoFleet> => {
  // The network's second number is this process's own: another run of the same test may be under way.
  const moto = await startMoto(`127.${10 + (process.pid % 240)}`)
  for (let n = 0; n < proxies; n++) {
    const id = await moto.launch(moto.subnets[n % 2] ?? '', TAGS)
    if (addresses) await moto.address(id)
  }
  const list = () => instancesOf(moto)
  const machines = await bootMachines(list)
  return {
    moto,
    env: { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' },
    fleetFile: address => fleetFile(moto, address),
    instances: list,
    holders: async () => {
      const { Addresses = [] } = await moto.client.send(new DescribeAddressesCommand({}))
      return new Map(Addresses.map(one => [one.AllocationId ?? '', one.InstanceId || undefined]))
    },
    stop: async () => {
      await machines.stop()
      await moto.stop()
    },
  }
}

type Size = { readonly proxies: number; readonly addresses: boolean }

const instancesOf = async ({ client }: Moto): Promise<Map<string, Instance>> => {
  const Filters = Object.entries(TAGS).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }))
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters }))
  const all = Reservations.flatMap(({ Instances = [] }) => Instances)
  return new Map(all.map(instance => [instance.InstanceId ?? '', instance]))
}

const LOOK_EVERY_MS = 150

/** Boots a machine for each instance that runs, and ends it with its instance; until it is stopped. */
const bootMachines = async (list: () => Promise<Map<string, Instance>>) => {
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
const boot = async (folder: string, ip: string): Promise<Child> => {
  const at = (port: number) => ({ host: ip, port })
  const args = ['-u', 'nobody', '-l', ip, '-p', '11311', '-U', '0', '-m', '16']
  const memcached = await startChild('memcached', args, at(11_311))
  const file = path.join(folder, `${ip}.cfg`)
  await writeFile(file, haproxyConfig(ip))
  const haproxy = await startChild('haproxy', ['-db', '-f', file], at(9_999))
  return {
    stop: async () => {
      await haproxy.stop()
      await memcached.stop()
    },
  }
}

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

const fleetFile = ({ account, launchTemplate, subnets }: Moto, address: 'elastic-ip' | 'none'): string => `
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
guardrails:
  max_unavailable_proxies: 1
  failures: 2
  flush: { max_fraction: 1, per: 10m }
`
