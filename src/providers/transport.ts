import net from 'node:net'
import type { Clock } from '../domain/clock.js'
import { formatDuration } from '../domain/duration.js'
import type { Result } from '../domain/result.js'
import { fail, ok } from '../domain/result.js'
import { deadlineIn } from './deadline.js'
import { BEHIND_TUNNEL, socketFailure } from './socket-failure.js'
import type { Door, SentRequest, Wire } from './wire.js'

export type Exchange = {
  /** As the operator knows the target; failures name it. */
  readonly url: string
  readonly door: Door
  readonly clock: Clock
  readonly request: string
  /** What the end of a whole reply looks like. Absent: the server closes when it has answered. */
  readonly until?: RegExp
  /** Milliseconds, from dialling to the last byte. */
  readonly deadline: number
  /** Bytes. */
  readonly maxReply: number
  /** What to do about a longer one; by default, to look whether this is the right service. */
  readonly ifTooLong?: string
  /** Called when the connection stands and the request leaves; never where nothing was reached. */
  readonly onSent: () => void
}

/** A request as a provider puts it; the rest is the same for all that speak over a socket. */
export type Call = Pick<Exchange, 'request' | 'until' | 'deadline' | 'maxReply' | 'ifTooLong'> & {
  readonly sent: SentRequest
}

/** Finds where the request leads, asks whether it may be sent, sends it, and records it once it is on its way. */
export const send = async (url: string, wire: Wire, { sent, ...call }: Call): Promise<Result<string>> => {
  const door = await doorTo(url, wire)
  if (!door.ok) return door
  // Not before: while a tunnel was opened, somebody else may have taken the incident over.
  const admitted = wire.admit?.(sent)
  if (admitted?.ok === false) return admitted
  return exchange({
    ...call,
    url,
    door: door.value,
    clock: wire.clock,
    onSent: () => wire.record(sent),
  })
}

/** A tunnel has a deadline of its own, and is there before the exchange begins: until then nothing is sent. */
const doorTo = async (url: string, { resolve, tunnel }: Wire): Promise<Result<Door>> => {
  const endpoint = resolve(url)
  if (!endpoint.ok) return endpoint
  if (!('ssh' in endpoint.value)) return ok(endpoint.value)
  return tunnel ? tunnel(endpoint.value) : noTunnel(url)
}

/** One request, one reply, one connection, which is gone when this returns. */
export const exchange = async (call: Exchange): Promise<Result<string>> => {
  const socket = net.connect(call.door)
  const talk = call.clock.io(converse(socket, call))
  const { late, leave } = deadlineIn(call.clock, call.deadline)
  const reply = await Promise.race([talk, late])
  leave()
  socket.destroy()
  await talk // settles by `close`; until then the clock would count it as open
  return reply ?? timedOut(call)
}

const converse = (socket: net.Socket, call: Exchange): Promise<Result<string>> =>
  new Promise(resolve => {
    const chunks: Buffer[] = []
    let size = 0
    const whole = (): Result<string> => ok(Buffer.concat(chunks).toString('utf8'))
    socket.on('error', error => resolve({ ok: false, failure: socketFailure(call.url, error) }))
    socket.once('connect', () => {
      call.onSent()
      socket.write(call.request)
    })
    socket.on('data', chunk => {
      size += chunk.length
      if (size > call.maxReply) return resolve(tooLong(call))
      chunks.push(chunk)
      if (call.until?.test(tail(chunks))) resolve(whole())
    })
    let ended = false
    socket.on('end', () => {
      ended = true // and the socket closes by itself: sooner costs more
    })
    socket.on('close', () => resolve(ended && !call.until ? whole() : cutOff(call, size)))
  })

const TAIL_BYTES = 512

/** Enough of the end to recognise it, so that a reply which comes byte by byte is not read again and again. */
const tail = (chunks: readonly Buffer[]): string => {
  const last: Buffer[] = []
  let size = 0
  for (let index = chunks.length - 1; index >= 0 && size < TAIL_BYTES; index--) {
    const chunk = chunks[index] ?? Buffer.alloc(0)
    last.unshift(chunk)
    size += chunk.length
  }
  return Buffer.concat(last).toString('latin1')
}

const timedOut = (call: Exchange): Result<string> =>
  fail(
    'target.timeout',
    `${call.url} did not answer within ${seconds(call.deadline)}.`,
    'Treat it as unseen, not as fine: look whether the host runs and whether the network reaches it.',
  )

const cutOff = (call: Exchange, size: number): Result<string> =>
  fail(
    'target.protocol',
    `${call.url} closed the connection ${size === 0 ? 'without an answer' : `after ${size} bytes of its answer`}.`,
    call.url.startsWith('ssh://') && size === 0
      ? BEHIND_TUNNEL
      : 'Look whether the process behind it is restarting, full, or behind a proxy that has no server left.',
  )

const noTunnel = (url: string): Result<never> =>
  fail(
    'drill.escape',
    `${url} leads out of this machine by ssh, which nothing here may open.`,
    'Nothing was sent. Take the address from the discovery of this fleet.',
  )

const tooLong = (call: Exchange): Result<string> =>
  fail(
    'target.protocol',
    `${call.url} sent more than ${call.maxReply} bytes.`,
    call.ifTooLong ?? 'Check that the address in the fleet file leads to the service that it names.',
  )

const seconds = (ms: number): string => (ms < 1000 ? `${ms}ms` : formatDuration(ms))
