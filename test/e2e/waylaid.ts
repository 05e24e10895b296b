import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands in front of an EC2 endpoint. What happens there between a look and a request is in the hands of a test. */
export type Waylaid = {
  readonly url: string
  /** Is done once, when a request of that action comes, before it is passed on. */
  readonly before: (action: string, work: () => Promise<unknown>) => void
  readonly stop: () => Promise<void>
}

export const waylay = async (endpoint: string): Promise<Waylaid> => {
  const waiting = new Map<string, () => Promise<unknown>>()
  const server = http.createServer(async (request, response) => {
    const body = await textOf(request)
    const action = new URLSearchParams(body).get('Action') ?? ''
    const work = waiting.get(action)
    waiting.delete(action)
    await work?.()
    const { method, url = '/', headers } = request
    const onward = http.request(new URL(url, endpoint), { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    onward.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port, not on a socket
  return {
    url: `http://127.0.0.1:${port}`,
    before: (action, work) => void waiting.set(action, work),
    stop: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const textOf = async (request: http.IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
