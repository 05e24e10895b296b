import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import { type Failure, ok, type Result } from '../../domain/result.js'
import type { Applied, Apply, OpRequest } from '../contract.js'
import { reachSchema } from '../ip-filter/inherited.js'
import { putUpInherited } from '../proxy-life/put-up-inherited.js'
import type { Growth } from './changes.js'
import { launchAll } from './launch-all.js'

/** One that was launched. `failure`: it goes no further. `private_ip`: it runs. `served`: what was seen when it did. */
type Grown = {
  readonly instance: string
  readonly cluster: string
  readonly filters: Growth['filters']
  readonly private_ip?: string
  readonly served?: Json
  readonly failure?: Failure
}

/**
 * All side by side, step by step: what fails at a step is left behind by the others. In the end those that serve
 * are in service, and what was launched in vain is parked.
 */
export const grow = async (growth: readonly Growth[], ctx: Apply): Promise<Result<Applied>> => {
  const launched = await launchAll(growth, ctx)
  let grown: readonly Grown[] = launched.instances.map(({ instance, growth: { launch, filters } }) => ({
    instance,
    cluster: launch.cluster,
    filters,
  }))
  grown = await each(grown, awaitRunning, ctx)
  grown = await each(grown, awaitServing, ctx)
  grown = await denyAsOthers(grown, ctx)
  grown = await each(grown, enterService, ctx)
  const lost = grown.filter(({ failure }) => failure !== undefined)
  const remarks = await abandon(lost, ctx)
  const instances = grown.filter(({ failure }) => failure === undefined).map(({ instance }) => instance)
  const failures = [...launched.failures, ...lost.flatMap(({ failure }) => failure ?? [])]
  return resultOf(growth.length, instances, failures, remarks)
}

type Step = {
  readonly request: (one: Grown) => OpRequest
  /** What is known of it after that. */
  readonly learnt?: (result: Json) => Partial<Grown>
}

const each = async (
  grown: readonly Grown[],
  { request, learnt }: Step,
  ctx: Apply,
): Promise<readonly Grown[]> => {
  const going = grown.filter(({ failure }) => failure === undefined)
  const results = await ctx.all(going.map(request))
  const after = new Map(
    going.map((one, index): [string, Grown] => {
      const result = results[index]
      if (!result?.ok) return [one.instance, { ...one, ...(result ? { failure: result.failure } : {}) }]
      return [one.instance, { ...one, ...learnt?.(result.value) }]
    }),
  )
  return grown.map(one => after.get(one.instance) ?? one)
}

const awaitRunning: Step = {
  request: ({ instance, cluster }) => ({
    kind: 'await-running',
    key: 'await-running',
    target: instance,
    args: { instance, cluster },
  }),
  learnt: result => z.object({ private_ip: z.string() }).parse(result),
}

const awaitServing: Step = {
  request: ({ instance, cluster, private_ip }) => ({
    kind: 'await-serving',
    key: 'await-serving',
    target: instance,
    args: { instance, cluster, private_ip: private_ip ?? '' },
  }),
  learnt: served => ({ served }),
}

/** Whom the others deny, those that serve do before they enter service. */
const denyAsOthers = async (grown: readonly Grown[], ctx: Apply): Promise<readonly Grown[]> => {
  const heirs = grown
    .filter(({ failure, filters }) => failure === undefined && filters.length > 0)
    .map(({ served, ...one }) => ({ ...one, ...reachSchema.parse(served) }))
  const failures = await putUpInherited(heirs, ctx)
  return grown.map(one => {
    const failure = failures.get(one.instance)
    return failure ? { ...one, failure } : one
  })
}

const enterService: Step = {
  request: ({ instance, cluster }) => ({
    kind: 'enter-service',
    key: 'enter-service',
    target: instance,
    args: { instance, cluster },
  }),
}

/** Out of the fleet's sight and accounted for: `proxy.reap` ends it. */
const abandon = async (lost: readonly Grown[], ctx: Apply): Promise<readonly string[]> => {
  const results = await ctx.all(
    lost.map(({ instance }) => ({
      kind: 'park',
      key: 'park-new',
      target: instance,
      args: { instance, abandoned: true },
      tidies: true,
    })),
  )
  return lost.map(({ instance }, index) => {
    const parked = results[index]
    return parked?.ok
      ? `${instance}, launched in vain, is parked`
      : `${instance}, launched in vain, runs and could not be parked (${parked?.failure.message}): park it by hand`
  })
}

/** Those that serve stay, also where others failed: adding capacity is never taken back unasked. */
const resultOf = (
  wanted: number,
  launched: readonly string[],
  failures: readonly Failure[],
  remarks: readonly string[],
): Result<Applied> => {
  const output = { launched: [...launched], parked: [] }
  const [first] = failures
  if (!first) return ok({ output, summary: `launched, and serving: ${launched.join(', ')}` })
  const why = [...new Set(failures.map(({ message }) => message))]
  const summary = [`${launched.length} of ${wanted} launched and serving`, ...why, ...remarks].join('; ')
  return ok({ output, summary, failure: first })
}
