import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import type { Failure, Result } from '../../domain/result.js'
import type { Apply } from '../contract.js'
import type { Leave } from './changes.js'

type Leaving = {
  readonly old: string
  readonly cluster: string
  readonly leave: Leave & { readonly by: 'drain' }
}

type SentAway =
  | { readonly ok: true; readonly remark?: string }
  /** `untouched`: it accepts on every frontend as before. Else `stands` says how it was left. */
  | { readonly ok: false; readonly untouched: boolean; readonly stands: string; readonly failure: Failure }

/** The old one accepts no more; who is still there when the time is over is shut out. */
export const sendAway = async (leaving: Leaving, ctx: Apply): Promise<SentAway> => {
  const { old, cluster, leave } = leaving
  const { admin, servers } = leave
  const stopped = await stopAccepting(leaving, ctx)
  if (!stopped.ok) return stopped
  const drained = await awaitDrained(leaving, ctx)
  const stands = 'which accepts no more and is not parked'
  if (!drained.ok) return { ok: false, untouched: false, stands, failure: drained.failure }
  const { sessions } = left.parse(drained.value)
  if (sessions === 0) return { ok: true }
  // It may be gone itself; what cannot be reached cannot be shut, and is parked all the same.
  if (sessions === null) return { ok: true, remark: 'it no longer answers, and its sessions were not shut' }
  const args = { cluster, proxy: old, admin, servers: [...servers] }
  const shut = await ctx.op({ kind: 'shut-sessions', key: 'shut-sessions', target: old, args })
  return shut.ok
    ? { ok: true, remark: `${sessions} of its sessions were shut` }
    : { ok: false, untouched: false, stands, failure: shut.failure }
}

const left = z.object({ sessions: z.number().nullable() })

const stopAccepting = async ({ old, cluster, leave }: Leaving, ctx: Apply): Promise<SentAway> => {
  const { admin, frontends } = leave
  const results = await ctx.all(
    frontends.map(frontend => ({
      kind: 'disable-frontend',
      key: `disable-${frontend}`,
      target: old,
      args: { cluster, proxy: old, admin, frontend },
    })),
  )
  const failures = results.flatMap(result => (result.ok ? [] : [result.failure]))
  const [failure] = failures
  if (!failure) return { ok: true }
  const stopped = frontends.filter((_, index) => results[index]?.ok)
  return {
    ok: false,
    untouched: stopped.length === 0,
    stands: `which accepts no more on ${stopped.join(', ')} and is not parked`,
    failure,
  }
}

/** Each part says how many sessions are left, so that whoever watches sees them go; a crash costs one part at most. */
const PART_MS = 15_000
const MOST_PARTS = 8

const awaitDrained = async ({ old, cluster, leave }: Leaving, ctx: Apply): Promise<Result<Json>> => {
  const { admin, deadlineSeconds } = leave
  const whole = deadlineSeconds * 1_000
  const part = Math.max(PART_MS, Math.ceil(whole / MOST_PARTS))
  for (let from = 0, number = 1; ; from += part, number += 1) {
    const within = Math.max(0, Math.min(part, whole - from))
    const args = { cluster, proxy: old, admin, within }
    const key = `await-drained-${number}`
    const looked = await ctx.op({ kind: 'await-drained', key, target: old, args })
    if (!looked.ok || left.parse(looked.value).sessions === 0 || from + part >= whole) return looked
  }
}
