// A host with two HAProxies before a memcached, and clients beside it, each in a network namespace of its own; and an
// operator's machine with a fleet file that names them. What is filtered here is real traffic.

import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { type Child, startChild } from '../conformance/child.js'
import { IP, inNamespaces, type Namespaces } from '../conformance/network-namespaces.js'
import { type RunningSshd, startSshd } from '../conformance/real-sshd.js'
import { findBinary } from '../conformance/service.js'
import { talkOver } from '../providers/talk-over.js'
import { type ClientMachine, type Conversation, startClientMachine } from './clients.js'
import { type Machine, newMachine } from './firebreak.js'

/** By what the operator knows of them: nothing of the neighbour, but that it is in the network of the abusive one. */
export const CLIENTS = {
  customer: '198.51.100.20',
  bystander: '198.51.100.77',
  abusive: '198.51.100.140',
  neighbour: '198.51.100.141',
  outsider: '203.0.113.50',
} as const
export type ClientName = keyof typeof CLIENTS

/** What all of them but the outsider are in. */
export const NETWORK = '198.51.100.0/24'

/** What somebody else has denied, in the file that HAProxy starts with. */
export const BY_HAND = '203.0.113.200'

/** Of the two proxies, as clients know them. */
const FIRST = '198.51.100.1'
export const SECOND = '198.51.100.2'
type Address = typeof FIRST | typeof SECOND
/** Of the first, for who is in another network. */
const FROM_OUTSIDE = '203.0.113.1'
export const ADMIN = 9_999

export type RunningProxy = {
  readonly id: string
  /** Reached by firebreak, and by no client. */
  readonly ip: string
  /** Says one command to its runtime API, and gives the whole answer. */
  readonly ask: (command: string) => Promise<string>
  /** From its configuration file, as after a crash. */
  readonly restart: () => Promise<void>
}

export type FilteredHost = {
  readonly proxies: readonly [RunningProxy, RunningProxy]
  readonly denyList: string
  readonly sshd: RunningSshd
  readonly onHost: (...argv: readonly string[]) => Promise<string>
  /** To the first proxy unless said otherwise; the outsider knows no other. */
  readonly connect: (client: ClientName, to?: Address) => Conversation
  /** One that was answered, and stays. */
  readonly hold: (client: ClientName, to?: Address) => Promise<Conversation>
  /** Closes all that are open. */
  readonly hangUp: () => void
  readonly stop: () => Promise<void>
}

export const startFilteredHost = (): Promise<FilteredHost> =>
  inNamespaces(
    {
      host: [`${FIRST}/24`, `${SECOND}/24`, `${FROM_OUTSIDE}/24`],
      clients: {
        customer: [`${CLIENTS.customer}/24`],
        bystander: [`${CLIENTS.bystander}/24`],
        abusive: [`${CLIENTS.abusive}/24`, `${CLIENTS.neighbour}/24`],
        outsider: [`${CLIENTS.outsider}/24`],
      },
    },
    furnish,
  )

/** One machine has two addresses: whoever is abusive, and somebody next to it. */
type MachineName = Exclude<ClientName, 'neighbour'>

const furnish = async (namespaces: Namespaces<MachineName>): Promise<Omit<FilteredHost, 'stop' | 'onHost'>> => {
  const { host, there, defer } = namespaces
  const folder = await mkdtemp(path.join(tmpdir(), 'fb-filtered-'))
  defer(() => rm(folder, { recursive: true }))
  const cache = ['-u', 'nobody', '-l', `127.0.0.1,${there[0]}`, '-p', `${CACHE}`, '-U', '0', '-m', '16']
  defer((await startInside(namespaces, 'memcached', cache, { host: there[0], port: CACHE })).stop)
  const denyList = path.join(folder, 'denied.lst')
  await writeFile(denyList, `${BY_HAND}\n`)
  const proxies = [
    await startProxy(namespaces, 0, [FIRST, FROM_OUTSIDE], denyList),
    await startProxy(namespaces, 1, [SECOND], denyList),
  ] as const
  const sshd = await startSshd({ addresses: [there[0]], netns: host })
  defer(sshd.stop)
  return { proxies, denyList, sshd, ...clientsIn(namespaces) }
}

const startInside = (
  { host }: Pick<Namespaces<MachineName>, 'host'>,
  program: string,
  args: readonly string[],
  listensAt: { readonly host: string; readonly port: number },
): Promise<Child> => startChild(IP, ['netns', 'exec', host, findBinary(program) ?? program, ...args], listensAt)

const startProxy = async (
  namespaces: Namespaces<MachineName>,
  index: 0 | 1,
  addresses: readonly string[],
  denyList: string,
): Promise<RunningProxy> => {
  const [ip, id] = [namespaces.there[index], `p${index + 1}`]
  const file = path.join(path.dirname(denyList), `${id}.cfg`)
  await writeFile(file, haproxyConfig(ip, [ip, ...addresses], denyList))
  const boot = () => startInside(namespaces, 'haproxy', ['-db', '-f', file], { host: ip, port: ADMIN })
  let child = await boot()
  namespaces.defer(() => child.stop())
  const restart = async () => {
    await child.stop()
    child = await boot()
  }
  return { id, ip, restart, ask: command => talkOver({ host: ip, port: ADMIN }, `${command}\n`) }
}

const clientsIn = ({
  clients,
  defer,
}: Namespaces<MachineName>): Pick<FilteredHost, 'connect' | 'hold' | 'hangUp'> => {
  const machineIn = (namespace: string): ClientMachine => {
    const machine = startClientMachine(namespace)
    defer(machine.stop)
    return machine
  }
  const abusive = machineIn(clients.abusive)
  const machines: { readonly [C in ClientName]: ClientMachine } = {
    customer: machineIn(clients.customer),
    bystander: machineIn(clients.bystander),
    abusive,
    neighbour: abusive,
    outsider: machineIn(clients.outsider),
  }
  const talks: Conversation[] = []
  const connect: FilteredHost['connect'] = (client, to = FIRST) => {
    const talk = machines[client].connect(CLIENTS[client], client === 'outsider' ? FROM_OUTSIDE : to)
    talks.push(talk)
    return talk
  }
  return {
    connect,
    hold: async (client, to) => {
      const talk = connect(client, to)
      await expect.poll(talk.heard).toBe(1)
      return talk
    },
    hangUp: () => {
      for (const talk of talks.splice(0)) talk.close()
    },
  }
}

const CACHE = 11_311

const haproxyConfig = (ip: string, addresses: readonly string[], denyList: string): string => `
global
  stats socket ipv4@${ip}:${ADMIN} level admin
  stats maxconn 50
defaults
  mode tcp
  timeout connect 1s
  timeout client 5m
  timeout server 5m
frontend memcached
${addresses.map(address => `  bind ${address}:11211`).join('\n')}
  tcp-request connection reject if { src -f ${denyList} }
  default_backend memcached
backend memcached
  server m1 127.0.0.1:${CACHE}
`

type Site = {
  /** Those that the fleet file names. */
  readonly proxies: readonly RunningProxy[]
  /** Where the runtime API of a proxy is reached, where it is not at the proxy itself. */
  readonly adminOf?: (proxy: RunningProxy) => string
}

/** An operator's, with a customer in the allowlist and a runbook `calm` which looks who comes on a calm day. */
export const machineFor = ({ denyList, sshd }: FilteredHost, { proxies, adminOf }: Site): Machine => {
  const machine = newMachine()
  const dir = path.join(machine.cwd, 'runbooks')
  mkdirSync(dir)
  const targets = proxies.map(proxy => {
    const shown = proxy.id === 'p1' ? FIRST : SECOND
    return `{ id: ${proxy.id}, private_ip: ${proxy.ip}, public_ip: ${shown}, admin_ip: ${adminOf?.(proxy) ?? proxy.ip} }`
  })
  writeFileSync(path.join(dir, 'customers.txt'), `${CLIENTS.customer} Acme\n`)
  writeFileSync(path.join(dir, 'calm.yaml'), CALM)
  writeFileSync(
    path.join(dir, 'fleet.yaml'),
    `
clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [${targets.join(', ')}] }
      admin: tcp://{admin_ip}:${ADMIN}
      data: tcp://{private_ip}:11211
      frontends: [memcached]
      deny_list: ${denyList}
      min_healthy: 1
guardrails:
  max_unavailable_proxies: 1
  failures: 2
  filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m }
allowlist: { files: [customers.txt], max_age: 7d }
ssh: { port: ${sshd.port}, config: ${sshd.settings.config} }
`,
  )
  return machine
}

const CALM = `
runbook: calm
title: Who comes on a calm day
steps:
  - id: load
    check: proxy.connections
    with: { cluster: edge }
  - id: clients
    check: clients.top
    with: { cluster: edge }
  - id: over
    end: resolved
`
