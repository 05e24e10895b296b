import type { Result } from '../domain/result.js'
import { fail, ok } from '../domain/result.js'
import type { AwsCaller } from './aws/call.js'
import type { Providers, Ran } from './contract.js'
import { haproxy } from './haproxy/haproxy.js'
import { memcached } from './memcached/memcached.js'
import { nftables } from './nftables/nftables.js'
import type { SshCommand } from './ssh/run.js'
import type { Outside, Wire } from './wire.js'

export type ProviderSet = Providers & {
  /** The same clients, with another place to record to: one for each command, at no cost. */
  readonly withRecorder: (record: Wire['record'], admit?: Wire['admit']) => Providers
  /** How often AWS credentials turned out to be over, and were to be read again. */
  readonly renewals: () => number
  /** From the next call on, AWS clients read their credentials again. */
  readonly renew: () => void
  /** Drops idle AWS connections, and ends those of ssh. */
  readonly close: () => void
}

/** Opens nothing and loads nothing before it is used. */
export const createProviders = (outer: Wire): ProviderSet => {
  const clients = lazyClients(outer)
  const { outside } = outer
  const wire: Wire = outside ? { ...outer, tunnel: async to => (await clients.ssh(outside)).tunnel(to) } : outer
  return {
    ...bind(wire, clients),
    withRecorder: (record, admit) => bind({ ...wire, record, ...(admit ? { admit } : {}) }, clients),
    renewals: clients.renewals,
    renew: clients.renew,
    close: clients.close,
  }
}

const bind = (wire: Wire, clients: Clients): Providers => ({
  ec2: async () => {
    const loaded = await clients.ec2()
    return loaded.ok ? ok(loaded.value({ ...wire, expired: clients.renew })) : loaded
  },
  sts: async () => {
    const loaded = await clients.sts()
    return loaded.ok ? ok(loaded.value({ ...wire, expired: clients.renew })) : loaded
  },
  haproxy: url => haproxy(url, wire),
  memcached: url => memcached(url, wire),
  nftables: host => nftables(host, overSsh(wire, clients)),
  processes: {
    run: async request => {
      const outside = outsideOf(wire, request.argv[0] ?? '')
      if (!outside.ok) return outside
      const { runProcess } = await wire.clock.io(import('./process/process.js'))
      return runProcess(request, { ...wire, outside: outside.value })
    },
  },
  ssh: { run: overSsh(wire, clients) },
  http: {
    send: async request => {
      const outside = outsideOf(wire, `${request.method} ${request.url}`)
      if (!outside.ok) return outside
      const { sendHttp } = await wire.clock.io(import('./http/http.js'))
      return sendHttp(request, { ...wire, outside: outside.value })
    },
  },
})

const overSsh =
  (wire: Wire, clients: Clients) =>
  async (command: SshCommand): Promise<Result<Ran>> => {
    const outside = outsideOf(wire, `${command.argv[0] ?? ''} on ${command.host}`)
    if (!outside.ok) return outside
    const { runOverSsh } = await wire.clock.io(import('./ssh/run.js'))
    return runOverSsh(command, { ...wire, outside: outside.value }, await clients.ssh(outside.value))
  }

const outsideOf = ({ outside }: Wire, what: string): Result<Outside> =>
  outside
    ? ok(outside)
    : fail(
        'drill.escape',
        `${what}: that would leave the drill, whose fleet has no such thing.`,
        'Nothing was done. In a drill, treat it as done by hand.',
      )

type Clients = ReturnType<typeof lazyClients>

const lazyClients = ({ aws, clock, ssh }: Wire) => {
  const open: { destroy: () => void }[] = []
  const keep = <Client extends { destroy: () => void }>(client: Client): Client => {
    open.push(client)
    return client
  }
  const first = {
    ec2: async () => {
      if (!aws) return noAws('EC2')
      const { createEc2Client, ec2 } = await clock.io(import('./ec2/ec2.js'))
      const client = keep(createEc2Client(aws))
      return ok((caller: AwsCaller) => ec2(client, caller))
    },
    sts: async () => {
      if (!aws) return noAws('STS')
      const { createStsClient, sts } = await clock.io(import('./sts/sts.js'))
      const client = keep(createStsClient(aws))
      return ok((caller: AwsCaller) => sts(client, caller))
    },
  }
  let renewals = 0
  let made = { ec2: once(first.ec2), sts: once(first.sts) }
  return {
    ec2: () => made.ec2(),
    sts: () => made.sts(),
    /** A client reads its credentials once. Those under way keep theirs, and are closed with the others. */
    renewals: () => renewals,
    renew: () => {
      renewals += 1
      made = { ec2: once(first.ec2), sts: once(first.sts) }
    },
    ssh: once(async (outside: Outside) => {
      const { createConnections } = await clock.io(import('./ssh/connections.js'))
      const { close: destroy, ...connections } = createConnections({ clock, outside, ...(ssh ? { ssh } : {}) })
      keep({ destroy })
      return connections
    }),
    close: () => {
      for (const client of open.splice(0)) client.destroy()
    },
  }
}

/** Made by the first who asks; what they give is the same whoever asks. */
const once = <T, Given extends readonly unknown[]>(
  make: (...given: Given) => Promise<T>,
): ((...given: Given) => Promise<T>) => {
  let made: Promise<T> | undefined
  return (...given) => {
    made ??= make(...given)
    return made
  }
}

const noAws = (service: string): Result<never> =>
  fail(
    'ec2.unavailable',
    `${service} cannot be asked: there is no region to ask.`,
    'Name the `region` in the fleet file; in a drill, use a fleet whose targets EC2 discovers.',
  )
