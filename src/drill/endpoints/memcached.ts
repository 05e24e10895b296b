import type { Socket } from 'node:net'
import type { Stage } from '../stage.js'
import { instancesOf, servesAt } from '../world/instances.js'
import { weightAt } from '../world/settings.js'
import type { WorldInstance } from '../world/world.js'
import { exchange } from './exchange.js'
import { type MemcachedReply, memcachedCommand, takeRequest } from './memcached-commands.js'
import type { Service } from './services.js'

const LATENCY = { from: 1, to: 3 }

/** One connection of memcached's text protocol: to a shard, or through a frontend to the shard behind it. */
export const serveMemcached = (stage: Stage, service: Service, socket: Socket): void => {
  const gone = new AbortController()
  socket.on('close', () => gone.abort())
  let buffer = Buffer.alloc(0)
  let busy = false
  const pump = async (): Promise<void> => {
    if (busy) return
    busy = true
    for (let taken = takeRequest(buffer); taken !== undefined; taken = takeRequest(buffer)) {
      buffer = buffer.subarray(taken.length)
      const reply = await answer(stage, service, taken, gone.signal)
      if (reply === undefined) return void socket.destroy()
      if (reply.text !== '') socket.write(reply.text, 'latin1')
      if (reply.close === true) return void socket.end()
    }
    busy = false
    if (socket.readableEnded) socket.end()
  }
  socket.on('data', chunk => {
    buffer = Buffer.concat([buffer, chunk])
    pump().catch(() => socket.destroy())
  })
  socket.on('end', () => {
    pump().catch(() => socket.destroy())
  })
}

/** Undefined where the connection breaks instead: there is no shard behind it, or the client left. */
const answer = async (
  stage: Stage,
  service: Service,
  request: { readonly line: string; readonly data?: string },
  gone: AbortSignal,
): Promise<MemcachedReply | undefined> => {
  const words = request.line.split(' ').filter(word => word !== '')
  const command = memcachedCommand(words[0] ?? '')
  return exchange(
    stage,
    {
      request: {
        endpoint: 'memcached',
        operation: command?.name === 'stats' ? words.join(' ') : (command?.name ?? words[0] ?? ''),
        mutating: command?.mutating ?? false,
        target: service.instance,
      },
      key: `${service.kind === 'frontend' ? service.frontend : ''} ${request.line}`,
      latency: LATENCY,
      gone,
    },
    () => {
      const shard = shardBehind(stage, service)
      if (shard === undefined) return { text: '', close: true }
      if (command === undefined) return { text: 'ERROR\r\n' }
      const reply = command.answer({
        world: stage.world(),
        shard,
        now: stage.clock.now(),
        words,
        data: request.data,
      })
      const failed = reply.change !== undefined && !stage.commit(reply.change).ok
      return failed ? { text: 'SERVER_ERROR out of memory storing object\r\n' } : reply
    },
  )
}

const shardBehind = (stage: Stage, service: Service): WorldInstance | undefined => {
  const world = stage.world()
  const host = world.instances[service.instance]
  if (host === undefined || !servesAt(host, stage.clock.now())) return undefined
  if (service.kind !== 'frontend') return host
  if (weightAt(host, service.frontend, stage.clock.now()) === 0) return undefined
  const index = world.clusters[host.cluster]?.frontends.findIndex(one => one.name === service.frontend) ?? -1
  const shard = instancesOf(world, host.cluster, 'shard')[index]
  return shard !== undefined && servesAt(shard, stage.clock.now()) ? shard : undefined
}
