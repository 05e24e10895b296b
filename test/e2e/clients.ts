import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { IP } from '../conformance/network-namespaces.js'

/** A machine of a customer: connections from its own network namespace, by a process there. */
export type ClientMachine = {
  /** From that address of its own to that of the host. */
  readonly connect: (from: string, to: string) => Conversation
  readonly stop: () => Promise<void>
}

/** One connection to memcached. */
export type Conversation = {
  /** Asks for the version, as it does by itself once it is connected. */
  readonly ask: () => void
  /** How often an answer came. */
  readonly heard: () => number
  /** `ended`: by the other side. */
  readonly state: () => 'connecting' | 'connected' | 'ended'
  readonly close: () => void
}

const PORT = 11_211

export const startClientMachine = (namespace: string): ClientMachine => {
  const child = spawn(IP, ['netns', 'exec', namespace, process.execPath, '-e', SCRIPT], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const told = new Map<number, (event: string) => void>()
  createInterface({ input: child.stdout }).on('line', line => {
    const { id, event } = JSON.parse(line)
    told.get(id)?.(event)
  })
  const tell = (command: object): void => void child.stdin.write(`${JSON.stringify(command)}\n`)
  return {
    connect: (from, to) => {
      const id = told.size
      let [heard, state]: [number, ReturnType<Conversation['state']>] = [0, 'connecting']
      told.set(id, event => {
        if (event === 'answer') heard += 1
        else state = event === 'connect' ? 'connected' : 'ended'
      })
      tell({ id, does: 'connect', to: { host: to, port: PORT, localAddress: from } })
      return {
        ask: () => tell({ id, does: 'ask' }),
        heard: () => heard,
        state: () => state,
        close: () => tell({ id, does: 'close' }),
      }
    },
    stop: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** What it hears of a connection it tells; whatever ends it is its end. */
const SCRIPT = `
const net = require('node:net')
const sockets = new Map()
const does = {
  connect: ({ id, to }) => {
    const tell = event => console.log(JSON.stringify({ id, event }))
    const socket = net.connect(to)
    sockets.set(id, socket)
    socket.on('connect', () => { tell('connect'); does.ask({ id }) })
    socket.on('data', () => tell('answer'))
    socket.on('end', () => tell('end'))
    socket.on('error', () => tell('end'))
  },
  ask: ({ id }) => sockets.get(id).write('version\\r\\n'),
  close: ({ id }) => sockets.get(id).destroy(),
}
require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
  const command = JSON.parse(line)
  does[command.does](command)
})`
