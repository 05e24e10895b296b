import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Stage } from '../stage.js'
import { serveHaproxy } from './haproxy.js'
import { serveMemcached } from './memcached.js'
import { accepts, type Service, serviceName } from './services.js'

export type Sockets = {
  /** Where that service listens now. Nothing listens there while the service is down: refused, as on a host. */
  readonly pathOf: (service: Service) => string
  readonly stop: () => void
}

type Listener = { readonly service: Service; readonly server: Server; readonly sockets: Set<Socket> }

/** A unix socket's path has at most 107 bytes; ours add about 20 to the folder's. */
const LONGEST_FOLDER = 80

/** Unix sockets in a private folder of their own, opened when they are first asked for. */
export const openSockets = (stage: Stage): Sockets => {
  const base = tmpdir()
  const folder = mkdtempSync(join(base.length > LONGEST_FOLDER ? '/tmp' : base, 'firebreak-')) // 0700
  const listeners = new Map<string, Listener>()
  const numbers = new Map<string, number>()
  stage.onChange(() => closeWhatIsDown(stage, listeners))
  return {
    pathOf: service => {
      const name = serviceName(service)
      const number = numbers.get(name) ?? numbers.size
      numbers.set(name, number)
      const path = join(folder, String(number))
      if (!listeners.has(path) && accepts(stage.world(), service, stage.clock.now())) {
        listeners.set(path, listen(stage, service, path))
      }
      return path
    },
    stop: () => {
      for (const listener of listeners.values()) close(listener, 'cut')
      listeners.clear()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const listen = (stage: Stage, service: Service, path: string): Listener => {
  const sockets = new Set<Socket>()
  // A client may close its own half as soon as it has sent its command, as socat does.
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (service.kind === 'runtime-api') serveHaproxy(stage, service.instance, socket)
    else serveMemcached(stage, service, socket)
  })
  server.on('error', () => undefined)
  server.listen(path)
  return { service, server, sockets }
}

/** A disabled frontend accepts no more and keeps its live sessions; a host that goes takes them along. */
const closeWhatIsDown = (stage: Stage, listeners: Map<string, Listener>): void => {
  const now = stage.clock.now()
  for (const [path, listener] of listeners) {
    if (accepts(stage.world(), listener.service, now)) continue
    const hostIsUp = accepts(stage.world(), { kind: 'runtime-api', instance: listener.service.instance }, now)
    close(listener, hostIsUp ? 'keep' : 'cut')
    listeners.delete(path)
  }
}

const close = ({ server, sockets }: Listener, live: 'keep' | 'cut'): void => {
  server.close()
  if (live === 'cut') for (const socket of sockets) socket.destroy()
}
