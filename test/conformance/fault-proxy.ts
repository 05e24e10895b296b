import net from 'node:net'

/** What becomes of a request and its answer on the way. Milliseconds, bytes of the answer. */
export type Way =
  | { readonly way: 'pass' }
  /** The answer comes later. */
  | { readonly way: 'delay'; readonly ms: number }
  /** The request never arrives, and nothing ever comes back. */
  | { readonly way: 'swallow' }
  /** The request arrives; so many bytes of the answer come back, and then nothing any more. */
  | { readonly way: 'stall'; readonly after: number }
  /** The same, and then the connection is cut. */
  | { readonly way: 'cut'; readonly after: number }

export type FaultProxy = {
  /** From now on: by the first line of each request. */
  readonly decide: (way: (line: string) => Way) => void
  /** First lines of requests that arrived at the target, in order. */
  readonly arrived: readonly string[]
  /** Nothing listens any more. */
  readonly refuse: () => Promise<void>
  readonly close: () => Promise<void>
}

export const PASS: Way = { way: 'pass' }

/**
 * Stands in front of a real server, on a port of the loopback interface or on a unix socket: kernels of test machines
 * have nothing that loses or delays packets.
 */
export const startFaultProxy = async (
  listen: net.ListenOptions,
  target: net.NetConnectOpts,
): Promise<FaultProxy> => {
  const arrived: string[] = []
  const sockets = new Set<net.Socket>()
  let decide: (line: string) => Way = () => PASS
  const keep = <S extends net.Socket>(socket: S): S => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy()) // to break off is what it is for
    return socket
  }
  const server = net.createServer(client => {
    keep(client).once('data', request => {
      const line = request.toString('latin1').split(/\r?\n/, 1)[0] ?? ''
      const way = decide(line)
      if (way.way === 'swallow') return
      arrived.push(line)
      const upstream = keep(net.connect(target))
      upstream.write(request)
      client.pipe(upstream)
      comeBack(upstream, client, way)
    })
  })
  await new Promise<void>(resolve => server.listen(listen, resolve))
  const refuse = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise(resolve => server.close(resolve))
  }
  return {
    decide: way => {
      decide = way
    },
    arrived,
    refuse,
    close: refuse,
  }
}

const comeBack = (upstream: net.Socket, client: net.Socket, way: Exclude<Way, { way: 'swallow' }>): void => {
  if (way.way === 'pass') return void upstream.pipe(client)
  if (way.way === 'delay') return void setTimeout(() => upstream.pipe(client), way.ms)
  let left = way.after
  const cut = (): void => {
    if (way.way === 'cut') client.destroy()
  }
  upstream.on('data', chunk => {
    const part = chunk.subarray(0, left)
    left -= part.length
    // Cut only once the server has answered: what it was asked for is done by then.
    if (part.length > 0) client.write(part, () => left === 0 && cut())
    else cut()
  })
}
