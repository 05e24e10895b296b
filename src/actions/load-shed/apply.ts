import * as z from 'zod'
import type { Plan } from '../../domain/plan.js'
import { type Failure, ok, type Result } from '../../domain/result.js'
import type { Applied, Apply, OpRequest } from '../contract.js'
import { holdsFor, type Watched } from './ops/hold.js'
import { processIn } from './ops/limit-rate.js'
import { limitWords, type Move, readSteps, type Step } from './steps.js'

/**
 * The cap first; then step after step, each once its time is over and every limit was seen to stand. Where one fails,
 * nothing more is raised: a limit that is too low for a while harms less than one that is gone too early.
 */
export const apply = async (plan: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const cluster = z.string().parse(plan.blast.cluster)
  const steps = readSteps(plan)
  const standing = new Map<string, Watched>()
  for (const [index, step] of steps.entries()) {
    const held = await holdBefore(step, index + 1, cluster, [...standing.values()], ctx)
    const moved = held.ok ? await move(step, index + 1, steps, standing, ctx) : held
    if (!moved.ok) return stopped(moved.failure, index + 1, steps.length, standing)
  }
  const limited = outcomeOf(steps)
  const words = [...new Set(limited.map(({ limit }) => limitWords(limit)))].join(', ')
  return ok({ output: { limited }, summary: `new connections per second and proxy: ${words}` })
}

const holdBefore = async (
  { after }: Step,
  number: number,
  cluster: string,
  standing: readonly Watched[],
  ctx: Apply,
): Promise<Result<null>> => {
  for (const request of holdsFor(after, number, cluster, standing)) {
    const held = await ctx.op(request)
    if (!held.ok) return held
  }
  return ok(null)
}

/** Side by side; what stands now is known of those that were seen. */
const move = async (
  { moves }: Step,
  number: number,
  steps: readonly Step[],
  standing: Map<string, Watched>,
  ctx: Apply,
): Promise<Result<null>> => {
  const results = await ctx.all(moves.map(one => requestFor(one, number, steps, standing.get(one.proxy))))
  for (const [index, { proxy, admin, to: limit }] of moves.entries()) {
    const result = results[index]
    if (!result?.ok) continue
    standing.set(proxy, { proxy, admin, limit, process: processIn(result.value) })
  }
  const failed = moves.filter((_, index) => results[index]?.ok === false)
  const first = results.find(result => !result.ok)
  if (!first || first.ok) return ok(null)
  const names = failed.map(({ proxy }) => proxy).join(', ')
  return { ok: false, failure: { ...first.failure, message: `${names}: ${first.failure.message}` } }
}

const requestFor = (
  change: Move,
  number: number,
  steps: readonly Step[],
  before: Watched | undefined,
): OpRequest => {
  const own = movesOf(steps, change.proxy)
  const args = {
    ...change,
    prior: own[0]?.from ?? change.from,
    ours: own.map(({ to }) => to),
    process: before?.process ?? null,
  }
  return { kind: 'limit-rate', key: `limit-rate-${number}`, target: change.proxy, args }
}

const movesOf = (steps: readonly Step[], proxy: string): readonly Move[] =>
  steps.flatMap(({ moves }) => moves.filter(one => one.proxy === proxy))

const stopped = (
  failure: Failure,
  number: number,
  of: number,
  standing: ReadonlyMap<string, Watched>,
): Result<never> => {
  const limits = [...standing.values()].map(({ proxy, limit }) => `${proxy} ${limitWords(limit)}`)
  const left = limits.length === 0 ? 'no limit was seen set' : `last seen: ${limits.join(', ')}`
  return {
    ok: false,
    failure: { ...failure, message: `stopped at step ${number} of ${of} (${left}): ${failure.message}` },
  }
}

/** The limits before and after all steps, proxy by proxy. */
export const outcomeOf = (steps: readonly Step[]) =>
  [...new Set(steps.flatMap(({ moves }) => moves.map(({ proxy }) => proxy)))].map(proxy => {
    const own = movesOf(steps, proxy)
    return { proxy, was: own[0]?.from ?? 0, limit: own.at(-1)?.to ?? 0 }
  })
