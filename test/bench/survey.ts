import { mkdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { run as survey } from '../../src/checks/proxy-connections/run.js'
import { loadFleet } from '../../src/fleet/load.js'
import { staticTarget } from '../../src/fleet/target.js'
import { resolveUrl } from '../../src/providers/endpoint.js'
import type { Look } from '../../src/providers/look.js'
import { createProviders } from '../../src/providers/providers.js'
import { createSystemClock } from '../../src/runtime/system-clock.js'
import { type Child, startChild } from '../conformance/child.js'
import { findBinary } from '../conformance/service.js'
import { NOBODY } from '../fleet/nobody.js'
import type { Figure } from './bench.js'
import { bundled } from './bundled.js'
import { median } from './median.js'
import { type Program, ratio } from './pairs.js'

// What it costs to look at many proxies: real runtime sockets, all of one HAProxy, each at an address of its own.

const PROXIES = 500
const HELD = 2_000
const PORT = 19_999
/** As many at once as xargs starts. */
const AT_ONCE = 64

/**
 * `proxy.connections` against a bare loop that opens the same sockets and reads the same bytes as many at once, each
 * inside a process of its own; whole processes against `xargs` and `socat`; and the memory that many more take.
 */
export const surveying = async (
  firebreak: string,
  folder: string,
  pairs: number,
): Promise<readonly Figure[]> => {
  const why = ['haproxy', 'socat', 'xargs'].find(name => findBinary(name) === undefined)
  if (why !== undefined) return NAMES.map(name => ({ name, value: undefined, why: `${why} is not installed` }))
  const dir = path.join(folder, 'survey')
  mkdirSync(dir)
  const fleet = writeRunbook(dir, PROXIES)
  const many = writeRunbook(path.join(dir, 'many'), HELD)
  const inside = await measuring(dir)
  const haproxy = await startHaproxy(dir)
  try {
    const runs = Array.from({ length: pairs }, () => inside('check', fleet).ms / inside('bare', fleet).ms)
    return [
      { name: NAMES[0], value: median(runs), aim: { atMost: 1.3 } },
      { name: NAMES[1], value: await ratio(ours(firebreak, dir), bySocat(), 3), aim: { atMost: 1 } },
      { name: NAMES[2], value: inside('check', many).mebibytes },
    ]
  } finally {
    await haproxy.stop()
  }
}

const NAMES = ['survey-500-to-bare', 'survey-500-to-xargs-socat', 'survey-2000-rss-mib'] as const

/** 127.77.a.b: one for each proxy. */
const address = (n: number): string => `127.77.${Math.floor(n / 250)}.${(n % 250) + 1}`

const startHaproxy = (dir: string): Promise<Child> => {
  const file = path.join(dir, 'haproxy.cfg')
  const sockets = Array.from({ length: HELD }, (_, n) => `  stats socket ipv4@${address(n)}:${PORT} level user`)
  const listener = (n: number) => `
frontend shard${n}
  bind 127.77.100.${n}:11211
  default_backend shard${n}
backend shard${n}
  server s${n} 127.0.0.1:1`
  writeFileSync(
    file,
    `global
${sockets.join('\n')}
  stats maxconn ${2 * HELD}
defaults
  mode tcp
  timeout connect 1s
  timeout client 10s
  timeout server 10s
${[1, 2, 3, 4].map(listener).join('\n')}
`,
  )
  return startChild('haproxy', ['-db', '-f', file], { host: address(HELD - 1), port: PORT })
}

/** A fleet of that many proxies and a runbook that looks at them; the path of the fleet file. */
const writeRunbook = (dir: string, proxies: number): string => {
  mkdirSync(dir, { recursive: true })
  const targets = Array.from({ length: proxies }, (_, n) => `        - { id: p${n}, ip: ${address(n)} }`)
  writeFileSync(path.join(dir, 'fleet.yaml'), `${FLEET}${targets.join('\n')}\n`)
  writeFileSync(path.join(dir, 'look.yaml'), LOOK)
  return path.join(dir, 'fleet.yaml')
}

const FLEET = `guardrails: { max_unavailable_proxies: 1, failures: 2 }
clusters:
  edge:
    proxies:
      kind: haproxy
      admin: tcp://{ip}:${PORT}
      data: tcp://{ip}:11211
      frontends: [shard1, shard2, shard3, shard4]
      min_healthy: 0
      discover:
       static:
`

const LOOK = `runbook: look
title: Look at every proxy
steps:
  - id: survey
    check: proxy.connections
    with: { cluster: edge }
  - id: done
    end: resolved
`

const ours = (firebreak: string, dir: string): Program => ({
  argv: [process.execPath, firebreak, 'run', 'look', '--runbooks', dir, '--state', path.join(dir, 'state')],
  prints: `${PROXIES} proxies of edge answered`,
})

const bySocat = (): Program => ({
  argv: [
    'bash',
    '-c',
    `printf '%s\\n' ${Array.from({ length: PROXIES }, (_, n) => address(n)).join(' ')} |
      xargs -P ${AT_ONCE} -I{} sh -c 'echo show stat | socat -t 3 stdio tcp:{}:${PORT}' | grep -c '^shard1,FRONTEND'`,
  ],
  prints: String(PROXIES),
})

type Measured = { readonly ms: number; readonly mebibytes: number }
type Way = 'check' | 'bare'

const SELF = fileURLToPath(import.meta.url)

const measuring = async (dir: string) => {
  const run = await bundled(SELF, dir)
  return (way: Way, fleet: string) => run(way, fleet) as Measured // by this very file
}

const measure = async (way: Way, file: string): Promise<Measured> => {
  const look = await lookAt(file)
  const inventory = await look.discover('edge', 'proxy')
  if (!inventory.ok) throw new Error(inventory.failure.message)
  const hosts = inventory.value.targets.map(({ admin = '' }) => new URL(admin).hostname)
  const once = way === 'check' ? () => checked(look, hosts.length) : () => bare(hosts)
  await once() // neither is timed cold
  const started = performance.now()
  const held = await once()
  const ms = performance.now() - started
  const { rss } = process.memoryUsage()
  if (held === undefined) throw new Error('nothing was seen')
  return { ms, mebibytes: rss / 2 ** 20 }
}

const checked = async (look: Look, proxies: number) => {
  const { output } = await survey({ cluster: 'edge' }, look)
  if (output?.proxies.length !== proxies) throw new Error(`saw ${output?.proxies.length} of ${proxies} proxies`)
  return output
}

const lookAt = async (file: string): Promise<Look> => {
  const { fleet } = await loadFleet(file)
  const cluster = fleet?.clusters.edge
  const how = cluster?.proxies.discover
  if (!fleet || !cluster || how?.kind !== 'static') throw new Error(`${file} is no such fleet`)
  const clock = createSystemClock()
  const group = { cluster, role: 'proxy', definition: cluster.proxies } as const
  const targets = how.targets.map(target => staticTarget(group, target))
  return {
    clock,
    fleet,
    posture: 'conservative',
    providers: createProviders({ clock, resolve: resolveUrl, record: () => undefined }),
    discover: async () => ({
      ok: true,
      value: { cluster: 'edge', role: 'proxy', at: clock.now(), source: 'static', targets },
    }),
    baselines: { read: async () => undefined, record: async () => undefined },
    ...NOBODY,
  }
}

/** All at once, as the check does; and like there none is open any more when it is over. */
const bare = async (hosts: readonly string[]): Promise<readonly string[]> => Promise.all(hosts.map(read))

const read = (host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(PORT, host)
    let text = ''
    socket.setEncoding('utf8')
    socket.on('connect', () => socket.write('show stat\n'))
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })

const [, script, way, file] = process.argv
if (script === SELF && (way === 'check' || way === 'bare') && file !== undefined)
  console.log(JSON.stringify(await measure(way, file)))
