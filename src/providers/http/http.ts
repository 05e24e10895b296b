import http from 'node:http'
import https from 'node:https'
import { formatDuration } from '../../domain/duration.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { capture } from '../capture.js'
import type { HttpRequest, HttpResponse } from '../contract.js'
import { socketFailure } from '../socket-failure.js'
import type { Outside, Wire } from '../wire.js'

type OutsideWire = Pick<Wire, 'clock' | 'admit' | 'record'> & { readonly outside: Outside }

/** Sends one request over a connection of its own. Imported only when one is first sent. */
export const sendHttp = async (request: HttpRequest, wire: OutsideWire): Promise<Result<HttpResponse>> => {
  const sent = { endpoint: 'http', operation: request.method, mutating: true } as const
  const admitted = wire.admit?.(sent)
  if (admitted?.ok === false) return admitted
  const talk = open(request, () => wire.record(sent))
  if (!talk.ok) return talk
  return converse(talk.value, request, wire)
}

type Talk = {
  readonly call: http.ClientRequest
  /** From when on the server may have it. */
  readonly isSent: () => boolean
}

/** Node refuses what cannot stand in a request by throwing; the value is in none of its messages. */
const open = (request: HttpRequest, onSent: () => void): Result<Talk> => {
  const { url, method, headers, body } = request
  const secure = url.startsWith('https:')
  let sent = false
  try {
    const call = (secure ? https : http).request(url, {
      method,
      agent: false,
      headers: { ...headers, 'content-length': Buffer.byteLength(body ?? '') },
    })
    call.once('socket', socket =>
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        sent = true
        onSent()
      }),
    )
    return ok({ call, isSent: () => sent })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return fail(
      'http.failed',
      `the request to ${placeOf(url)} cannot be written (${code}).`,
      'A header, perhaps from a secret, has a character such as a line break in it. Nothing was sent.',
    )
  }
}

const converse = async (
  { call, isSent }: Talk,
  request: HttpRequest,
  { clock, outside }: OutsideWire,
): Promise<Result<HttpResponse>> => {
  const answer = answerTo(call)
  call.end(request.body)
  const head = await within(answer, request, clock)
  if (head === LATE || !('message' in head)) {
    call.destroy()
    await answer // settles by the error of that; until then the clock would count it as open
    if (head !== LATE) return broken(request, head.error, isSent())
    return isSent() ? timedOut(request) : unreachable(request, 'no connection in time')
  }
  const { message } = head
  const captured = capture()
  message.on('data', captured.add)
  // The status is the answer: a body that does not come to its end changes nothing about that.
  const end = endOf(message)
  await within(end, request, clock)
  call.destroy()
  await end
  return ok({ status: message.statusCode ?? 0, body: captured.text(outside.redact) })
}

const LATE = 'late'

const within = async <T>(
  awaited: Promise<T>,
  { timeout }: HttpRequest,
  clock: OutsideWire['clock'],
): Promise<T | typeof LATE> => {
  const timer = new AbortController()
  const late = clock.sleep(timeout, timer.signal).then((): typeof LATE => LATE)
  const first = await Promise.race([clock.io(awaited), late])
  timer.abort()
  return first
}

type Answer = { readonly message: http.IncomingMessage } | { readonly error: NodeJS.ErrnoException }

const answerTo = (call: http.ClientRequest): Promise<Answer> =>
  new Promise(resolve => {
    call.once('response', message => resolve({ message }))
    call.on('error', error => resolve({ error }))
  })

const endOf = (message: http.IncomingMessage): Promise<null> =>
  new Promise(resolve => {
    message.on('error', () => resolve(null))
    message.on('close', () => resolve(null))
  })

const broken = (request: HttpRequest, error: NodeJS.ErrnoException, sent: boolean): Result<never> => {
  if (!sent) return unreachable(request, error.code ?? 'unknown error')
  const { message } = socketFailure(placeOf(request.url), error)
  return fail('target.protocol', `${message} The request had been sent.`, UNKNOWN)
}

const timedOut = ({ url, timeout }: HttpRequest): Result<never> =>
  fail(
    'target.timeout',
    `${placeOf(url)} did not answer within ${formatDuration(timeout)}. The request had been sent.`,
    UNKNOWN,
  )

const UNKNOWN = 'Look there whether it took effect before sending it again.'

const unreachable = ({ url }: HttpRequest, why: string): Result<never> =>
  fail(
    'target.refused',
    `${placeOf(url)} cannot be reached (${why}).`,
    'Nothing was sent. Check the address, the route and the certificate of that server.',
  )

/** A path or a query may say more than belongs into a message. */
const placeOf = (url: string): string => new URL(url).origin
