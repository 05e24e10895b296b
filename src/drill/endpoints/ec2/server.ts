import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Stage } from '../../stage.js'
import { exchange } from '../exchange.js'
import { readCall } from './call.js'
import { respond } from './respond.js'

const LATENCY = { from: 40, to: 120 }
const LONGEST_BODY = 1_000_000

/** The EC2 Query API, with STS beside it, on a free port of the loopback interface. */
export const startEc2 = async (
  stage: Stage,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const server = createServer((request, response) => {
    handle(stage, request, response).catch(() => response.destroy())
  })
  // Idle connections stay: a client that reuses one while the server closes it would see a reset.
  server.keepAliveTimeout = 0
  server.on('clientError', (_, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.on('error', () => undefined)
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => stop(server) }
}

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const stop = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const handle = async (stage: Stage, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const body = await readBody(request)
  if (body === undefined) return void response.destroy()
  const call = readCall(body, request.headers)
  const { service, operation, target, userAgent } = call
  const answer = await exchange(
    stage,
    {
      request: {
        endpoint: service,
        operation,
        mutating: call.action?.mutating === true && !call.dryRun,
        ...(call.dryRun ? { dryRun: true as const } : {}),
        target,
        ...(userAgent === undefined ? {} : { userAgent }),
      },
      key: body,
      latency: LATENCY,
      gone: gone.signal,
    },
    () => respond(stage, call),
  )
  if (answer === undefined || response.destroyed) return
  if (answer.wayBack === 'cut') return void response.destroy()
  if (answer.wayBack > 0) {
    const until = stage.clock.now() + answer.wayBack
    await stage.clock.park(until, { key: `${operation} ${body}`, signal: gone.signal })
    if (response.destroyed) return
  }
  response.writeHead(answer.status, { 'content-type': 'text/xml;charset=UTF-8' })
  response.end(answer.xml)
}

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request) {
    parts.push(part)
    length += part.length
    if (length > LONGEST_BODY) return undefined
  }
  return Buffer.concat(parts).toString('utf8')
}
