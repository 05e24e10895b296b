// The cloud's proxies with a runtime API each: servers with weights, and a limit of the connection rate.

import type { ActionBehaviour, Apply, Hands } from '../../src/actions/contract.js'
import type { PlanDraft } from '../../src/domain/plan.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { Haproxy, ProcessInfo, Providers, ServerRow } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import { absentHaproxy } from '../providers/absent-haproxy.js'
import { type Cloud, handsOn, lookAt, newCloud } from './cloud.js'

export type Api = { servers: readonly ServerRow[]; info: ProcessInfo }

export type Apis = {
  readonly cloud: Cloud
  /** By the proxy's id. */
  readonly on: Map<string, Api>
  /** Changes that were sent, in order: `i-1 weigh shard1/s1 5`, `i-1 limit 50`. */
  readonly sent: string[]
  /** Changes that fail, and proxies that do not answer: `i-1 limit 50`, `i-1`. */
  readonly failing: Map<string, ReturnType<typeof fail>>
  /** Changes that are answered as if they were done, and are not. */
  readonly idle: Set<string>
  /** What happens right after a change was sent. */
  readonly after: Map<string, () => void>
}

const row = (backend: string, server: string): ServerRow => ({
  backend,
  server,
  weight: 10,
  initialWeight: 10,
  up: true,
})

const newApi = (n: number): Api => ({
  servers: [row('shard1', 's1'), row('shard1', 's2'), row('shard2', 's1'), row('shard2', 's2')],
  info: {
    pid: 100 + n,
    startedAt: 1_800_000_000,
    uptime: 3_600,
    connections: 400,
    maxConnections: 4_000,
    connectionRate: 100,
    connectionRateLimit: 0,
  },
})

/** Six proxies i-1 to i-6, each with the servers s1 and s2 in shard1 and shard2, all weighing 10, and no limit. */
export const newApis = (): Apis => ({
  cloud: newCloud(),
  on: new Map([1, 2, 3, 4, 5, 6].map(n => [`i-${n}`, newApi(n)])),
  sent: [],
  failing: new Map(),
  idle: new Set(),
  after: new Map(),
})

export const apiOf = (apis: Apis, id: string): Api => apis.on.get(id)!

export const edit = (apis: Apis, id: string, name: string, to: Partial<ServerRow>): void => {
  const api = apiOf(apis, id)
  api.servers = api.servers.map(one => (`${one.backend}/${one.server}` === name ? { ...one, ...to } : one))
}

export const inform = (apis: Apis, id: string, to: Partial<ProcessInfo>): void => {
  const api = apiOf(apis, id)
  api.info = { ...api.info, ...to }
}

export const weightOf = (apis: Apis, id: string, name: string): number | undefined =>
  apiOf(apis, id).servers.find(one => `${one.backend}/${one.server}` === name)?.weight

/** All that was set at run time is gone. */
export const restart = (apis: Apis, id: string): void => {
  const { info, servers } = apiOf(apis, id)
  inform(apis, id, { pid: info.pid + 1_000, uptime: 1, connectionRateLimit: 0 })
  apiOf(apis, id).servers = servers.map(one => ({ ...one, weight: one.initialWeight }))
}

const haproxyOf = (apis: Apis, url: string): Haproxy => {
  const id = `i-${/(\d+):9999$/.exec(url)?.[1]}`
  const told = async <T>(say: (api: Api) => T): Promise<Result<T>> =>
    apis.failing.get(id) ?? ok(say(apiOf(apis, id)))
  const change = async (command: string, make: () => void): Promise<Result<null>> => {
    apis.sent.push(command)
    if (!apis.idle.has(command) && !apis.failing.has(command)) make()
    apis.after.get(command)?.()
    return apis.failing.get(command) ?? ok(null)
  }
  return {
    ...absentHaproxy(fail('bug', 'not used here', 'do not')),
    servers: () => told(({ servers }) => [...servers]),
    info: () => told(({ info }) => info),
    setWeight: (backend, server, weight) =>
      change(`${id} weigh ${backend}/${server} ${weight}`, () =>
        edit(apis, id, `${backend}/${server}`, { weight }),
      ),
    setConnRateLimit: limit =>
      change(`${id} limit ${limit}`, () => inform(apis, id, { connectionRateLimit: limit })),
  }
}

const providersOf = (apis: Apis, others: Providers): Providers => ({
  ...others,
  haproxy: url => haproxyOf(apis, url),
})

export const handsFor = (apis: Apis) => {
  const hands = handsOn(apis.cloud)
  return { ...hands, providers: providersOf(apis, hands.providers) }
}

export const lookFor = (apis: Apis): Look => {
  const look = lookAt(apis.cloud)
  return { ...look, providers: providersOf(apis, look.providers) }
}

/** Applies a plan, op by op, each once under its name, and says in which order and which side by side. */
export const applying = async <Input>(
  behaviour: ActionBehaviour<Input>,
  draft: PlanDraft,
  hands: Hands,
): Promise<{
  readonly result: Awaited<ReturnType<ActionBehaviour<Input>['apply']>>
  readonly ops: readonly string[]
  readonly batches: readonly number[]
}> => {
  const ops: string[] = []
  const batches: number[] = []
  const names = new Set<string>()
  const op: Apply['op'] = ({ kind, key, target, args }) => {
    const name = `${key}@${target}` // by which the journal knows it, whatever its kind
    if (names.has(name)) throw new Error(`two ops under one name: ${name}`)
    names.add(name)
    ops.push(`${kind} ${key} ${target}`)
    const asJournalled = JSON.parse(JSON.stringify(args))
    return behaviour.ops[kind]!.effect(asJournalled, key, hands)
  }
  const all: Apply['all'] = requests => {
    batches.push(requests.length)
    return Promise.all(requests.map(op))
  }
  const plan = { ...draft, action: 'any', with: {}, digest: 'd' }
  return { result: await behaviour.apply(JSON.parse(JSON.stringify(plan)), { op, all }), ops, batches }
}
