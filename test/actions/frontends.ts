// The cloud's proxies with a runtime API each: frontends that open and stop, and say so.

import type { Hands } from '../../src/actions/contract.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { Haproxy, Providers, StatRow } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import { absentHaproxy } from '../providers/absent-haproxy.js'
import { type Cloud, handsOn, lookAt, newCloud } from './cloud.js'

export type Proxies = {
  readonly cloud: Cloud
  /** Of `i-1/shard1`, where it is not OPEN. */
  readonly status: Map<string, string>
  /** Commands that were sent, in order: `disable i-1/shard1`. */
  readonly sent: string[]
  /** Commands that fail, and proxies whose `show stat` fails from then on: `disable i-1/shard1`, `stat i-1`. */
  readonly failing: Map<string, ReturnType<typeof fail>>
  /** Commands that are answered as if they were done, and are not; servers that nobody uses. */
  readonly idle: Set<string>
  /** Sessions of each of its frontends: taken away from the front, look by look, and the last one stays. */
  readonly sessions: number[]
  /** Frontends that it has besides those of the fleet file, or lacks. */
  frontends: readonly string[]
}

export const newProxies = (): Proxies => ({
  cloud: newCloud(),
  status: new Map(),
  sent: [],
  failing: new Map(),
  idle: new Set(),
  sessions: [100],
  frontends: ['shard1', 'shard2', 'statistics'],
})

export const PAUSED = 'PAUSED'
export const TIMEOUT = fail('target.timeout', 'no answer in 3s', 'look')

const haproxyOf = (proxies: Proxies, url: string): Haproxy => {
  const { status, sent, failing, idle } = proxies
  const id = `i-${/(\d+):9999$/.exec(url)?.[1]}`
  const look = (): readonly StatRow[] => {
    const [now = 0, ...later] = proxies.sessions
    if (later.length > 0) proxies.sessions.shift()
    const server = { server: 's1', type: 'server', status: 'UP' } as const
    const idle = proxies.idle.has('shard1/s1')
    return [
      ...proxies.frontends.map(frontend => row(frontend, now)),
      { ...server, proxy: 'shard1', sessions: idle ? 0 : now },
      { ...server, proxy: 'shard2', sessions: now },
    ]
  }
  const row = (frontend: string, sessions: number): StatRow => ({
    proxy: frontend,
    server: 'FRONTEND',
    type: 'frontend',
    status: status.get(`${id}/${frontend}`) ?? 'OPEN',
    sessions,
  })
  const turn = async (verb: 'disable' | 'enable', frontend: string): Promise<Result<null>> => {
    const command = `${verb} ${id}/${frontend}`
    sent.push(command)
    const failed = failing.get(command)
    if (failed) return failed
    if (!idle.has(command)) status.set(`${id}/${frontend}`, verb === 'disable' ? PAUSED : 'OPEN')
    return ok(null)
  }
  return {
    ...absentHaproxy(fail('bug', 'not used here', 'do not')),
    stat: async () => failing.get(`stat ${id}`) ?? ok([...look()]),
    disableFrontend: frontend => turn('disable', frontend),
    enableFrontend: frontend => turn('enable', frontend),
    shutdownSessions: async (backend, server) => {
      sent.push(`shut ${id} ${backend}/${server}`)
      return failing.get('shut') ?? ok(null)
    },
  }
}

const providersOf = (proxies: Proxies, others: Providers): Providers => ({
  ...others,
  haproxy: url => haproxyOf(proxies, url),
})

export const handsFor = (proxies: Proxies): Hands => {
  const hands = handsOn(proxies.cloud)
  const providers = providersOf(proxies, hands.providers)
  return { ...hands, providers, look: { ...hands.look, providers } }
}

export const lookFor = (proxies: Proxies): Look => {
  const look = lookAt(proxies.cloud)
  return { ...look, providers: providersOf(proxies, look.providers) }
}
