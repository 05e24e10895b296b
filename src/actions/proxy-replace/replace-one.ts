import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import { type Failure, ok, type Result } from '../../domain/result.js'
import type { Apply } from '../contract.js'
import { reachSchema } from '../ip-filter/inherited.js'
import { putUpInherited } from '../proxy-life/put-up-inherited.js'
import type { Leave, Slot } from './changes.js'
import { launchSomewhere } from './launch-somewhere.js'
import { sendAway } from './send-away.js'

export type Replaced = {
  readonly old: string
  readonly new: string
  /** What is not as one would think. */
  readonly remark?: string
}

/** Launch, wait until it serves and denies whom the others deny, let the clients leave the old one, park it. Until they leave nothing that they use has changed. */
export const replaceOne = async (slot: Slot, spent: Set<string>, ctx: Apply): Promise<Result<Replaced>> => {
  const { old, launch, leave } = slot
  const launched = await launchSomewhere(slot, spent, ctx)
  if (!launched.ok) return launched
  const instance = launched.value
  const serving = await intoService(slot, instance, ctx)
  if (!serving.ok) return abandon(instance, serving.failure, ctx)
  const left = await letLeave(slot, { instance, ...serving.value }, ctx)
  if (!left.ok) return left
  const args = { instance: old, cluster: launch.cluster }
  const parked = await ctx.op({ kind: 'park', key: 'park', target: old, args })
  if (!parked.ok)
    return halfway(`${instance} serves in the place of ${old}, which is not parked`, parked.failure)
  const remark = leave.by === 'nothing' ? UNREACHED : left.value
  return ok({ old, new: instance, ...(remark === undefined ? {} : { remark }) })
}

const UNREACHED = 'its sessions were not shut'

/** The fleet sees the new one from when it serves, before clients are sent to it. The filters that stand are there by then. */
const intoService = async (
  { launch: { cluster }, filters }: Slot,
  instance: string,
  ctx: Apply,
): Promise<Result<{ readonly private_ip: string }>> => {
  const where = { instance, cluster }
  const running = await ctx.op({ kind: 'await-running', key: 'await-running', target: instance, args: where })
  if (!running.ok) return running
  const address = z.object({ private_ip: z.string() }).parse(running.value)
  const args = { ...where, ...address }
  const serving = await ctx.op({ kind: 'await-serving', key: 'await-serving', target: instance, args })
  if (!serving.ok) return serving
  if (filters.length > 0) {
    const heir = { ...where, filters, ...reachSchema.parse(serving.value) }
    const failure = (await putUpInherited([heir], ctx)).get(instance)
    if (failure) return { ok: false, failure }
  }
  const entered = await ctx.op({ kind: 'enter-service', key: 'enter-service', target: instance, args: where })
  return entered.ok ? ok(address) : entered
}

type Successor = { readonly instance: string; readonly private_ip: string }

/** A remark where there is one. What was launched is abandoned only where no client has left the old one. */
const letLeave = async (
  { old, launch: { cluster }, leave }: Slot,
  successor: Successor,
  ctx: Apply,
): Promise<Result<string | undefined>> => {
  const { instance } = successor
  if (leave.by === 'nothing') return ok(undefined)
  if (leave.by === 'move') {
    const moved = await move(leave, { old, cluster, ...successor }, ctx)
    return moved.ok ? ok(undefined) : abandon(instance, moved.failure, ctx)
  }
  const left = await sendAway({ old, cluster, leave }, ctx)
  if (left.ok) return ok(left.remark)
  return left.untouched
    ? abandon(instance, left.failure, ctx)
    : halfway(`${instance} serves beside ${old}, ${left.stands}`, left.failure)
}

const move = (
  { allocation }: Leave & { readonly by: 'move' },
  {
    old: from,
    instance: to,
    cluster,
    private_ip,
  }: Successor & { readonly old: string; readonly cluster: string },
  ctx: Apply,
): Promise<Result<Json>> =>
  ctx.op({ kind: 'move', key: 'move', target: allocation, args: { allocation, from, to, cluster, private_ip } })

/** What was launched in vain is parked, so that the fleet passes over it and it stays accounted for. */
const abandon = async (instance: string, why: Failure, ctx: Apply): Promise<Result<never>> => {
  const args = { instance, abandoned: true }
  const parked = await ctx.op({ kind: 'park', key: 'park-new', target: instance, args, tidies: true })
  const became = parked.ok
    ? `${instance}, which was launched for it, is parked`
    : `${instance}, which was launched for it, runs and could not be parked (${parked.failure.message}): park it by hand`
  return halfway(became, why)
}

const halfway = (stands: string, why: Failure): Result<never> => ({
  ok: false,
  failure: { ...why, message: `${why.message}; ${stands}` },
})
