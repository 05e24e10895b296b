import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import type { Plan } from '../../domain/plan.js'
import { type Failure, fail, ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { launchedInstance } from '../proxy-life/launch.js'
import { type Replacement, readChanges } from './changes.js'

/** Launch, wait until it serves, move the address, park the old one. Until the move nothing that clients use has changed. */
export const apply = async (plan: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const replacement = readChanges(plan.changes)
  const { old, launch } = replacement
  const { cluster } = launch
  const launched = await launchSomewhere(replacement, ctx)
  if (!launched.ok) return launched
  const instance = launched.value
  const moved = await putInPlace(replacement, instance, ctx)
  if (!moved.ok) return abandon(instance, moved.failure, ctx)
  const parked = await ctx.op({ kind: 'park', key: 'park', target: old, args: { instance: old, cluster } })
  if (!parked.ok) return parked
  return ok({
    output: { replaced: [{ old, new: instance }] },
    summary: `${instance} serves in the place of ${old}, which is parked`,
  })
}

/** From the launch to the move. The fleet sees the new one from when it serves, before clients are sent to it. */
const putInPlace = async (
  { old, allocation, launch }: Replacement,
  instance: string,
  ctx: Apply,
): Promise<Result<Json>> => {
  const where = { instance, cluster: launch.cluster }
  const running = await ctx.op({ kind: 'await-running', key: 'await-running', target: instance, args: where })
  if (!running.ok) return running
  const { private_ip } = z.object({ private_ip: z.string() }).parse(running.value)
  const args = { ...where, private_ip }
  const serving = await ctx.op({ kind: 'await-serving', key: 'await-serving', target: instance, args })
  if (!serving.ok) return serving
  const entered = await ctx.op({
    kind: 'enter-service',
    key: 'enter-service',
    target: instance,
    args: { instance, cluster: launch.cluster },
  })
  if (!entered.ok) return entered
  return ctx.op({
    kind: 'move',
    key: 'move',
    target: allocation,
    args: { allocation, from: old, to: instance, cluster: launch.cluster, private_ip },
  })
}

/** What was launched in vain is parked, so that the fleet passes over it and it stays accounted for. */
const abandon = async (instance: string, why: Failure, ctx: Apply): Promise<Result<never>> => {
  const args = { instance, abandoned: true }
  const parked = await ctx.op({ kind: 'park', key: 'park-new', target: instance, args, tidies: true })
  const became = parked.ok
    ? `${instance}, which was launched for it, is parked`
    : `${instance}, which was launched for it, runs and could not be parked (${parked.failure.message}): park it by hand`
  return { ok: false, failure: { ...why, message: `${why.message}; ${became}` } }
}

/** No capacity in one place is a reason to try the next one at once, not to wait. */
const launchSomewhere = async ({ launch }: Replacement, ctx: Apply): Promise<Result<string>> => {
  const { cluster, launch_template, subnets, instance_types, tags } = launch
  const places = instance_types.flatMap(instance_type => subnets.map(subnet => ({ subnet, instance_type })))
  let last: Result<Json> = fail(
    'plan.impossible',
    'the plan names no place to launch in',
    'mend the fleet file',
  )
  for (const place of places) {
    const key = `launch-${place.subnet}-${place.instance_type}`
    last = await ctx.op({
      kind: 'launch',
      key,
      target: cluster,
      args: { cluster, launch_template, tags, ...place },
    })
    if (last.ok) return instanceOf(last.value)
    if (last.failure.code !== 'ec2.capacity') return last
  }
  return last.ok ? fail('bug', 'launched, and not noticed', 'report this') : last
}

const instanceOf = (launched: Json): Result<string> => {
  const instance = launchedInstance(launched)
  return instance === undefined
    ? fail(
        'op.in-doubt',
        'a proxy was launched, and nobody knows which instance it is',
        'find it by the tag firebreak:op of this incident, park it, then visit the step again',
      )
    : ok(instance)
}
