import { spawn } from 'node:child_process'
import net from 'node:net'
import { findBinary } from './service.js'

export type Child = { readonly stop: () => Promise<void> }

/** Starts a server in the foreground as a child of this process, and waits until it accepts connections. */
export const startChild = async (
  binary: string,
  args: readonly string[],
  listensAt: net.NetConnectOpts,
): Promise<Child> => {
  const child = spawn(findBinary(binary) ?? binary, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  for (let tries = 0; !(await accepts(listensAt)); tries++) {
    if (child.exitCode !== null || tries > MOST_TRIES) throw new Error(`${binary} did not start: ${said}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  return {
    stop: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** 30 s: a server in Python takes its time where several start at once. One that has ended is not waited for. */
const MOST_TRIES = 1_200

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = net.createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

const accepts = (target: net.NetConnectOpts): Promise<boolean> =>
  new Promise(resolve => {
    const socket = net.connect(target)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
