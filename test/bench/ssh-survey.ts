import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { loadFleet } from '../../src/fleet/load.js'
import { staticTarget } from '../../src/fleet/target.js'
import { compareProxies } from '../../src/providers/connections.js'
import { resolveUrl } from '../../src/providers/endpoint.js'
import { createProviders } from '../../src/providers/providers.js'
import { createSystemClock } from '../../src/runtime/system-clock.js'
import { type Child, startChild } from '../conformance/child.js'
import { type RunningSshd, startSshd } from '../conformance/real-sshd.js'
import { findBinary } from '../conformance/service.js'
import type { Figure } from './bench.js'
import { medianRatio } from './median.js'
import { time } from './pairs.js'

// What it costs to look at fifty proxies over ssh: one HAProxy's socket, behind five sshd at ten addresses each.

const NAME = 'ssh-survey-to-clush'
const SERVERS = 5
const EACH = 10
const HOSTS = SERVERS * EACH

/**
 * What `proxy.connections` looks at, inside this process, against `clush -f 50` that asks the same of the same
 * sockets by socat, as a whole process: that is what an operator starts each time. Both go over connections that
 * stand since before anything is timed, ours and those of ControlMasters that clush's ssh finds.
 */
export const sshSurvey = async (folder: string, pairs: number): Promise<readonly Figure[]> => {
  const missing = ['haproxy', 'sshd', 'clush', 'socat'].find(name => findBinary(name) === undefined)
  if (missing !== undefined) return [{ name: NAME, value: undefined, why: `${missing} is not installed` }]
  const dir = path.join(folder, 'ssh')
  mkdirSync(dir)
  const socket = path.join(dir, 'admin.sock')
  const haproxy = await startHaproxy(dir, socket)
  const servers = await Promise.all(
    Array.from({ length: SERVERS }, (_, n) => startSshd({ addresses: addresses(n) })),
  )
  const all = servers.flatMap((_, n) => addresses(n))
  const config = writeConfigs(dir, servers)
  const ours = await surveyBy(dir, socket, config.ours, all)
  try {
    const byClush = () => time(clush(config.clush, socket, all))
    return [{ name: NAME, value: await medianRatio(ours.survey, byClush, pairs), aim: { atMost: 1 } }]
  } finally {
    ours.close()
    await endMasters(config.clush, all)
    for (const one of [...servers, haproxy]) await one.stop()
  }
}

const addresses = (server: number): string[] =>
  Array.from({ length: EACH }, (_, n) => `127.78.${server}.${n + 1}`)

const startHaproxy = (dir: string, socket: string): Promise<Child> => {
  const file = path.join(dir, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  stats socket unix@${socket} level admin
  stats maxconn ${4 * HOSTS}
defaults
  mode tcp
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend shard1
  bind 127.78.100.1:11211
`,
  )
  return startChild('haproxy', ['-db', '-f', file], { path: socket })
}

/** How both find the servers; and for clush the connections that it shares, which ours has without asking. */
const writeConfigs = (dir: string, servers: readonly RunningSshd[]) => {
  const hosts = servers
    .map(
      ({ port, folder }, n) => `Host 127.78.${n}.*
  Port ${port}
  IdentityFile ${folder}/id
  UserKnownHostsFile ${folder}/known_hosts
`,
    )
    .join('')
  const rest =
    'Host *\n  IdentitiesOnly yes\n  IdentityAgent none\n  GlobalKnownHostsFile /dev/null\n  BatchMode yes\n'
  const shared = `  ControlMaster auto\n  ControlPersist 10m\n  ControlPath ${dir}/%h\n`
  const written = (name: string, text: string): string => {
    writeFileSync(path.join(dir, name), text)
    return path.join(dir, name)
  }
  return { ours: written('ours', hosts + rest), clush: written('clush', hosts + rest + shared) }
}

const surveyBy = async (dir: string, socket: string, config: string, all: readonly string[]) => {
  const file = path.join(dir, 'fleet.yaml')
  const targets = all.map(address => `{ id: "${address}" }`).join(', ')
  writeFileSync(
    file,
    `guardrails: { max_unavailable_proxies: 1, failures: 2 }
ssh: { config: ${config} }
clusters:
  edge:
    proxies:
      kind: haproxy
      admin: ssh://{id}${socket}
      data: tcp://{id}:11211
      frontends: [shard1]
      min_healthy: 0
      discover: { static: [${targets}] }
`,
  )
  const { fleet } = await loadFleet(file)
  const cluster = fleet?.clusters.edge
  const how = cluster?.proxies.discover
  if (!fleet?.ssh || !cluster || how?.kind !== 'static') throw new Error(`${file} is no such fleet`)
  const found = how.targets.map(one =>
    staticTarget({ cluster, role: 'proxy', definition: cluster.proxies }, one),
  )
  const outside = { env: process.env, redact: (text: string) => text }
  const clock = createSystemClock()
  const providers = createProviders({
    clock,
    resolve: resolveUrl,
    record: () => undefined,
    outside,
    ssh: fleet.ssh,
  })
  const baselines = { read: async () => undefined, record: async () => undefined }
  const survey = async (): Promise<number> => {
    const started = performance.now()
    const { seen, unseen } = await compareProxies({ providers, baselines }, cluster, found)
    if (seen.length !== all.length) throw new Error(`saw ${seen.length} of ${all.length}: ${unseen[0]?.reason}`)
    return performance.now() - started
  }
  return { survey, close: providers.close }
}

/** Each host's answer must be there. */
const clush = (config: string, socket: string, all: readonly string[]) => ({
  argv: [
    'bash',
    '-c',
    `clush -f ${HOSTS} -o "-F ${config}" -w ${all.join(',')} 'echo show stat | socat stdio unix-connect:${socket}' |
      grep -c shard1,FRONTEND`,
  ],
  prints: String(HOSTS),
})

const endMasters = async (config: string, all: readonly string[]): Promise<void> => {
  const end = (address: string) => promisify(execFile)('ssh', ['-F', config, '-O', 'exit', address])
  await Promise.allSettled(all.map(end))
}
