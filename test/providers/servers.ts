import http from 'node:http'
import net from 'node:net'

export type TestServer = {
  readonly port: number
  readonly open: () => number
  readonly close: () => Promise<void>
}

/** A TCP server on loopback that treats each connection as told. */
export const tcpServer = async (handle: (socket: net.Socket) => void): Promise<TestServer> => {
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined) // a client that breaks off is what some tests are about
    socket.resume() // else it would never see the client leave
    handle(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: portOf(server),
    open: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

export type Asked = {
  readonly action: string
  readonly body: URLSearchParams
  readonly headers: http.IncomingHttpHeaders
}
export type AwsServer = TestServer & { readonly asked: Asked[]; readonly url: string }

/** An AWS query endpoint on loopback; `answer` gets each request and its number, from 1. */
export const awsServer = async (
  answer: (request: Asked, reply: http.ServerResponse, number: number) => void,
): Promise<AwsServer> => {
  const asked: Asked[] = []
  const server = http.createServer((request, reply) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      const body = new URLSearchParams(text)
      const one = { action: body.get('Action') ?? '', body, headers: request.headers }
      asked.push(one)
      answer(one, reply, asked.length)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    asked,
    open: () => 0,
    close: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

export const awsError = (reply: http.ServerResponse, status: number, code: string, message = 'no.'): void => {
  const errors = `<Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>`
  reply.writeHead(status, { 'content-type': 'text/xml' })
  reply.end(`<?xml version="1.0"?><Response>${errors}<RequestID>r-1</RequestID></Response>`)
}

export const awsReply = (reply: http.ServerResponse, operation: string, inside: string): void => {
  const ns = 'http://ec2.amazonaws.com/doc/2016-11-15/'
  reply.writeHead(200, { 'content-type': 'text/xml' })
  reply.end(`<${operation}Response xmlns="${ns}"><requestId>r-1</requestId>${inside}</${operation}Response>`)
}

export const portOf = (server: net.Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
