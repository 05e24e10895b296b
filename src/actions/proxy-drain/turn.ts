import * as z from 'zod'
import type { Change, Plan } from '../../domain/plan.js'
import { type Turn, WAYS } from '../proxy-life/ways.js'

/** One frontend of one proxy, and where that proxy's runtime API is. */
export type Frontend = { readonly proxy: string; readonly frontend: string; readonly admin: string }

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
