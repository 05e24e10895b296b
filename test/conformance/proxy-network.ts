import { type ExecFileException, execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { startChild } from './child.js'
import { IP, inNamespaces, type Namespaces } from './network-namespaces.js'
import { type RunningSshd, startSshd } from './real-sshd.js'

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

type BothFamilies = { readonly v4: string; readonly v6: string }
const inTheirNetworks = ({ v4, v6 }: BothFamilies) => [`${v4}/24`, `${v6}/48`] as const

const startProxyNetwork = (): Promise<ProxyNetwork> => {
  const { blocked, spared, bystander } = CLIENTS
  const clients = {
    blocked: inTheirNetworks(blocked),
    spared: inTheirNetworks(spared),
    bystander: inTheirNetworks(bystander),
  }
  return inNamespaces({ host: inTheirNetworks(HOST), clients }, furnish)
}

const furnish = async ({
  host,
  clients,
  there: [there],
  defer,
}: Namespaces<Client>): Promise<Omit<ProxyNetwork, 'stop' | 'onHost'>> => {
  const server = await startChild(IP, ['netns', 'exec', host, process.execPath, '-e', SERVER], {
    host: there,
    port: PORTS[1],
  })
  defer(server.stop)
  const alsoAt = async (config: readonly string[]) => {
    const sshd = await startSshd({ addresses: [there], netns: host, config })
    defer(sshd.stop)
    return sshd
  }
  const sshd = await alsoAt([])
  return {
    sshd,
    host: `ssh://${there}:${sshd.port}`,
    alsoAt,
    answers: (client, port, family = 'v4') => answers(clients[client], HOST[family], port),
    open: (client, port) => open(clients[client], port, defer),
  }
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

const open = (namespace: string, port: number, defer: Namespaces<Client>['defer']): Conversation => {
  const script = `const socket = require('node:net').connect(${port}, '${HOST.v4}')
process.stdin.pipe(socket).pipe(process.stdout)`
  const child = spawn(IP, ['netns', 'exec', namespace, process.execPath, '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = new Promise(resolve => child.once('exit', resolve))
  defer(() => {
    child.kill('SIGKILL')
    return gone
  })
  let heard = ''
  child.stdout.on('data', chunk => {
    heard += chunk
  })
  return { say: line => void child.stdin.write(`${line}\n`), heard: () => heard }
}

/** What of this machine it takes to have one. */
export const NFT_SERVICE = {
  name: 'nft',
  binary: 'nft',
  also: ['ip', 'sshd', 'ssh'],
  networks: true,
  start: startProxyNetwork,
} as const
