import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestServer, tcpServer } from '../providers/servers.js'
import { talkOver } from '../providers/talk-over.js'
import { startChild } from './child.js'

/** One HAProxy on a loopback address of its own, with the ports that a host of a fleet would have. */
export type RealProxy = {
  readonly id: string
  readonly ip: string
  /** Says one command to its runtime API, as `socat` would, and gives the whole answer. */
  readonly ask: (command: string) => Promise<string>
  /** Ends it, and starts it again from its configuration file: what was set at run time is gone. */
  readonly restart: () => Promise<void>
}

export type RealProxies = {
  readonly proxies: readonly RealProxy[]
  /** The value of `static:` in a fleet file whose addresses are made of {private_ip}. */
  readonly targets: string
  readonly stop: () => Promise<void>
}

export const ADMIN_PORT = 9_999
/** Of the first frontend; each further one has the next. */
export const DATA_PORT = 11_211

/** What a server weighs by the configuration file. */
const WEIGHT = 10

/**
 * Proxies `p1`, `p2`, …, each with a frontend and a backend for each entry, in which the servers are that stand there.
 * A server answers `version` with its own name. Needs Linux, where all of 127.0.0.0/8 is this machine.
 */
export const startProxies = async (
  count: number,
  backends: Readonly<Record<string, readonly string[]>>,
): Promise<RealProxies> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'fb-proxies-'))
  const names = [...new Set(Object.values(backends).flat())]
  const servers = new Map(await Promise.all(names.map(async name => [name, await shardNamed(name)] as const)))
  const net24 = `127.${randomInt(1, 255)}.${randomInt(0, 255)}` // so that nobody else's are met
  const started = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      startProxy(`p${index + 1}`, `${net24}.${index + 10}`, folder, text => config(text, backends, servers)),
    ),
  )
  return {
    proxies: started.map(({ proxy }) => proxy),
    targets: `[${started.map(({ proxy: { id, ip } }) => `{ id: ${id}, private_ip: ${ip} }`).join(', ')}]`,
    stop: async () => {
      await Promise.all(started.map(({ stop }) => stop()))
      await Promise.all([...servers.values()].map(server => server.close()))
      await rm(folder, { recursive: true })
    },
  }
}

const shardNamed = (name: string): Promise<TestServer> =>
  tcpServer(socket => socket.on('data', () => socket.write(`VERSION ${name}\r\n`)))

const startProxy = async (
  id: string,
  ip: string,
  folder: string,
  configFor: (ip: string) => string,
): Promise<{ readonly proxy: RealProxy; readonly stop: () => Promise<void> }> => {
  const file = path.join(folder, `${id}.cfg`)
  await writeFile(file, configFor(ip))
  const start = () => startChild('haproxy', ['-db', '-f', file], { host: ip, port: ADMIN_PORT })
  let child = await start()
  return {
    proxy: {
      id,
      ip,
      ask: command => talkOver({ host: ip, port: ADMIN_PORT }, `${command}\n`),
      restart: async () => {
        await child.stop()
        child = await start()
      },
    },
    stop: () => child.stop(),
  }
}

const config = (
  ip: string,
  backends: Readonly<Record<string, readonly string[]>>,
  servers: ReadonlyMap<string, TestServer>,
): string => `
global
  stats socket ipv4@${ip}:${ADMIN_PORT} level admin
  stats maxconn 50
defaults
  mode tcp
  timeout connect 1s
  timeout client 30s
  timeout server 30s
${Object.entries(backends)
  .map(
    ([backend, names], index) => `frontend ${backend}
  bind ${ip}:${DATA_PORT + index}
  default_backend ${backend}
backend ${backend}
  balance roundrobin
${names.map(name => `  server ${name} 127.0.0.1:${servers.get(name)?.port} weight ${WEIGHT}`).join('\n')}`,
  )
  .join('\n')}
`
