import type { Socket } from 'node:net'
import type { EndpointRequest, Stage } from '../stage.js'
import { isHanging } from '../world/disturbances.js'
import { exchange } from './exchange.js'
import type { Command } from './haproxy-command.js'
import { COMMANDS, unknownCommand } from './haproxy-commands.js'

const LATENCY = { from: 2, to: 6 }
const LONGEST_LINE = 16_384

/**
 * One connection to the runtime API of a proxy: one line, with commands between semicolons; every answer
 * ends with an empty line; then the connection is closed.
 */
export const serveHaproxy = (stage: Stage, instance: string, socket: Socket): void => {
  const gone = new AbortController()
  const done = new AbortController()
  socket.on('close', () => gone.abort())
  for (const event of ['end', 'close']) socket.on(event, () => done.abort())
  let text = ''
  const take = (chunk: Buffer): void => {
    text += chunk.toString('utf8')
    const end = text.indexOf('\n')
    if (end === -1) {
      if (text.length > LONGEST_LINE) socket.destroy()
      return
    }
    socket.off('data', take)
    socket.resume()
    const left = { gone: gone.signal, done: done.signal }
    answerLine(stage, instance, text.slice(0, end).trim(), left).then(
      answer => (answer === undefined ? socket.destroy() : socket.end(answer)),
      () => socket.destroy(),
    )
  }
  socket.on('data', take)
  socket.on('end', () => {
    if (!text.includes('\n')) socket.destroy()
  })
}

/** `gone`: nobody is there. `done`: it says no more, and may still read, as socat does. */
type Left = { readonly gone: AbortSignal; readonly done: AbortSignal }

const answerLine = async (
  stage: Stage,
  instance: string,
  line: string,
  { gone, done }: Left,
): Promise<string | undefined> => {
  let text = ''
  for (const words of line.split(';').map(part => part.trim().split(/\s+/))) {
    const found = COMMANDS.find(command => command.words.every((word, index) => words[index] === word))
    const request = {
      endpoint: 'haproxy',
      operation: found?.words.join(' ') ?? words.join(' '),
      mutating: found?.mutating ?? false,
      target: instance,
    } as const
    const key = words.join(' ')
    if (isHung(stage, instance)) return hang(stage, request, done)
    const answer = await exchange(stage, { request, key, latency: LATENCY, gone }, () =>
      run(stage, instance, found, words),
    )
    if (answer === undefined) return undefined
    text += `${answer}\n`
  }
  return text
}

const isHung = (stage: Stage, instance: string): boolean => {
  const host = stage.world().instances[instance]
  return host !== undefined && isHanging(stage.world(), host, stage.clock.now())
}

/** It reads the command, and does nothing with it; a client that says no more is one that has given up. */
const hang = async (stage: Stage, request: EndpointRequest, signal: AbortSignal): Promise<undefined> => {
  stage.record(request)
  await stage.clock.park(Number.POSITIVE_INFINITY, { signal })
  return undefined
}

const run = (
  stage: Stage,
  instance: string,
  command: Command | undefined,
  words: readonly string[],
): string | undefined => {
  const world = stage.world()
  const host = world.instances[instance]
  const cluster = host === undefined ? undefined : world.clusters[host.cluster]
  if (host === undefined || cluster === undefined) return undefined
  if (command === undefined) return unknownCommand(words)
  const args = words.slice(command.words.length)
  const { text, change } = command.answer({ world, host, cluster, now: stage.clock.now(), args })
  return change === undefined || stage.commit(change).ok ? text : undefined
}
