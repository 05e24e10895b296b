import { type ExecFileException, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { startChild } from './child.js'
import { type RunningSshd, startSshd } from './real-sshd.js'
import { findBinary } from './service.js'

/** A host with nftables of its own, and clients beside it; each in a network namespace, joined by a switch. */
export type ProxyNetwork = {
  readonly sshd: RunningSshd
  /** `ssh://…` of the host. */
  readonly host: string
  /** Another sshd there, with lines of its own in sshd_config. */
  readonly alsoAt: (config: readonly string[]) => Promise<RunningSshd>
  /** Runs a program on the host, not by firebreak. Its standard output. */
  readonly onHost: (...argv: readonly string[]) => Promise<string>
  /** Whether the server at that port answers a new connection of the client within a second. */
  readonly answers: (client: Client, port: number, family?: 'v4' | 'v6') => Promise<boolean>
  /** Opens a connection, which says `hello` and then all that it hears. */
  readonly open: (client: Client, port: number) => Conversation
  readonly stop: () => Promise<void>
}

export type Conversation = {
  readonly say: (line: string) => void
  readonly heard: () => string
}

/** All three in the host's own networks; `blocked` and `spared` in the same half of the IPv4 one. */
export const CLIENTS = {
  blocked: { v4: '198.51.100.140', v6: '2001:db8:1:f::140' },
  spared: { v4: '198.51.100.130', v6: '2001:db8:1::130' },
  bystander: { v4: '198.51.100.11', v6: '2001:db8:1::11' },
} as const
export type Client = keyof typeof CLIENTS

/** They answer on the host, in both families. */
const PORTS = [11_211, 11_212] as const

const HOST = { v4: '198.51.100.1', v6: '2001:db8:1::1' } as const

const run = promisify(execFile)
const IP = findBinary('ip') ?? 'ip'
const ip = async (...args: readonly string[]): Promise<void> => void (await run(IP, [...args]))

export const startProxyNetwork = async (): Promise<ProxyNetwork> => {
  const undo: Undo = []
  const stop = async () => {
    const ended: PromiseSettledResult<unknown>[] = []
    for (const step of undo.splice(0).reverse()) ended.push(...(await Promise.allSettled([step()])))
    const failed = ended.find(end => end.status === 'rejected')
    if (failed) throw failed.reason // when all others are done
  }
  await sweep()
  try {
    const made = await build(undo)
    return { ...made, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** How to take back what was made, in the order in which it was made. */
type Undo = (() => Promise<unknown>)[]

/** What a run that was killed has left behind. */
const sweep = async (): Promise<void> => {
  const { stdout } = await run(IP, ['netns', 'list'])
  for (const [namespace, pid] of stdout.matchAll(/^fb(\d+)-[a-z]+/gm)) {
    if (existsSync(`/proc/${pid}`)) continue
    const { stdout: pids } = await run(IP, ['netns', 'pids', namespace])
    for (const one of pids.split('\n').filter(line => line !== '')) process.kill(Number(one), 'SIGKILL')
    await ip('netns', 'del', namespace)
  }
}

const build = async (undo: Undo): Promise<Omit<ProxyNetwork, 'stop'>> => {
  const name = `fb${process.pid}`
  const proxy = `${name}-proxy`
  const namespace = async (its: string) => {
    await ip('netns', 'add', its)
    undo.push(() => ip('netns', 'del', its))
    await ip('-n', its, 'link', 'set', 'lo', 'up')
  }
  await namespace(proxy)
  await ip('-n', proxy, 'link', 'add', 'switch', 'type', 'bridge')
  await address(proxy, 'switch', HOST)
  for (const [client, its] of Object.entries(CLIENTS)) {
    const away = `${name}-${client}`
    await namespace(away)
    await ip('link', 'add', 'out', 'netns', away, 'type', 'veth', 'peer', 'name', client, 'netns', proxy)
    await ip('-n', proxy, 'link', 'set', client, 'master', 'switch', 'up')
    await address(away, 'out', its)
  }
  const { here, there } = wayIn()
  await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'ssh', 'netns', proxy)
  await ip('addr', 'add', `${here}/30`, 'dev', name)
  await ip('link', 'set', name, 'up')
  await ip('-n', proxy, 'addr', 'add', `${there}/30`, 'dev', 'ssh')
  await ip('-n', proxy, 'link', 'set', 'ssh', 'up')
  const server = await startChild(IP, ['netns', 'exec', proxy, process.execPath, '-e', SERVER], {
    host: there,
    port: PORTS[1],
  })
  undo.push(server.stop)
  const alsoAt = async (config: readonly string[]) => {
    const sshd = await startSshd({ addresses: [there], netns: proxy, config })
    undo.push(sshd.stop)
    return sshd
  }
  const sshd = await alsoAt([])
  return {
    sshd,
    host: `ssh://${there}:${sshd.port}`,
    alsoAt,
    onHost: async (...argv) => (await run(IP, ['netns', 'exec', proxy, ...argv], ROOMY)).stdout,
    answers: (client, port, family = 'v4') => answers(`${name}-${client}`, HOST[family], port),
    open: (client, port) => open(`${name}-${client}`, port, undo),
  }
}

const ROOMY = { maxBuffer: 16 * 1024 * 1024 }

const address = async (
  namespace: string,
  device: string,
  its: { readonly v4: string; readonly v6: string },
) => {
  await ip('-n', namespace, 'addr', 'add', `${its.v4}/24`, 'dev', device)
  await ip('-n', namespace, 'addr', 'add', `${its.v6}/48`, 'dev', device, 'nodad')
  await ip('-n', namespace, 'link', 'set', device, 'up')
}

/** Of 10.254.0.0/16, a pair that no other process of these tests has. */
const wayIn = () => {
  const third = process.pid % 256
  const last = (Math.floor(process.pid / 256) % 64) * 4
  return { here: `10.254.${third}.${last + 1}`, there: `10.254.${third}.${last + 2}` }
}

/** The second port is listened at last: when it accepts, so does the first. */
const SERVER = `
const net = require('node:net')
const serve = ([port, ...rest]) => port && net.createServer(socket => {
  socket.on('error', () => {})
  socket.write('hello\\n')
  socket.pipe(socket)
}).listen(port, '::', () => serve(rest))
serve(${JSON.stringify(PORTS)})`

const answers = async (namespace: string, host: string, port: number): Promise<boolean> => {
  const talk = `exec 3<>/dev/tcp/${host}/${port}; read -r word <&3; echo "$word"`
  try {
    const { stdout } = await run(IP, ['netns', 'exec', namespace, 'timeout', '1', 'bash', '-c', talk])
    return stdout === 'hello\n'
  } catch (error) {
    // A refusal would be no silence: then something else is wrong.
    if ((error as ExecFileException).code === TIMED_OUT) return false // what execFile rejects with
    throw error
  }
}

/** Of timeout(1). */
const TIMED_OUT = 124

const open = (namespace: string, port: number, undo: Undo): Conversation => {
  const script = `const socket = require('node:net').connect(${port}, '${HOST.v4}')
process.stdin.pipe(socket).pipe(process.stdout)`
  const child = spawn(IP, ['netns', 'exec', namespace, process.execPath, '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = new Promise(resolve => child.once('exit', resolve))
  undo.push(() => {
    child.kill('SIGKILL')
    return gone
  })
  let heard = ''
  child.stdout.on('data', chunk => {
    heard += chunk
  })
  return { say: line => void child.stdin.write(`${line}\n`), heard: () => heard }
}
