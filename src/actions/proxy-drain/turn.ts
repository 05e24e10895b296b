import * as z from 'zod'
import type { Change, Plan } from '../../domain/plan.js'
import type { Haproxy, StatRow } from '../../providers/contract.js'

/** A frontend is turned one way or the other; each way takes the other one back. */
export type Turn = 'disable' | 'enable'
export type FrontendState = 'open' | 'stopped'

type Way = {
  readonly from: FrontendState
  readonly to: FrontendState
  readonly op: string
  readonly back: Turn
  /** What an operator reads that it does to a frontend. */
  readonly words: string
  readonly send: (haproxy: Haproxy, frontend: string) => ReturnType<Haproxy['disableFrontend']>
}

export const WAYS: { readonly [T in Turn]: Way } = {
  disable: {
    from: 'open',
    to: 'stopped',
    op: 'disable-frontend',
    back: 'enable',
    words: 'Stop accepting on',
    send: (haproxy, frontend) => haproxy.disableFrontend(frontend),
  },
  enable: {
    from: 'stopped',
    to: 'open',
    op: 'enable-frontend',
    back: 'disable',
    words: 'Accept again on',
    send: (haproxy, frontend) => haproxy.enableFrontend(frontend),
  },
}

/** One frontend of one proxy, and where that proxy's runtime API is. */
export type Frontend = { readonly proxy: string; readonly frontend: string; readonly admin: string }

/** Open also where it is full: it accepts as soon as somebody leaves. */
export const stateOf = ({ status }: StatRow): FrontendState =>
  status === 'PAUSED' || status === 'STOP' ? 'stopped' : 'open'

export const changesFor = (turn: Turn, frontends: readonly Frontend[]): readonly Change[] =>
  frontends.map(({ proxy, frontend, admin }) => ({
    verb: turn,
    resource: `${proxy}/${frontend}`,
    before: { state: WAYS[turn].from, admin },
    after: { state: WAYS[turn].to },
  }))

const before = z.object({ admin: z.string() })

/** Reads the changes of an agreed plan; they were made by `changesFor`, perhaps in another process. */
export const readChanges = ({ changes, blast }: Plan) => {
  const cluster = z.string().parse(blast.cluster)
  return changes.map(({ resource, before: was }) => ({ cluster, ...namesIn(resource), ...before.parse(was) }))
}

/** A frontend's name has no `/`; what stands before it is the proxy's. */
const namesIn = (resource: string): { readonly proxy: string; readonly frontend: string } => {
  const at = resource.lastIndexOf('/')
  return { proxy: resource.slice(0, at), frontend: resource.slice(at + 1) }
}

/** Frontends by their proxies, in the order in which they came. */
export const byProxy = (frontends: readonly Omit<Frontend, 'admin'>[]) =>
  [...new Set(frontends.map(({ proxy }) => proxy))].map(proxy => ({
    proxy,
    frontends: frontends.filter(one => one.proxy === proxy).map(({ frontend }) => frontend),
  }))
