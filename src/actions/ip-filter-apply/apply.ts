import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import type { Plan } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import { prefixSchema } from '../../fleet/filters/filter.js'
import type { Applied, Apply, OpRequest } from '../contract.js'
import { resourceOf } from '../ip-filter/denial.js'
import { readDenials, readEndings } from './changes.js'

const denied = z.object({ denied: z.array(prefixSchema), foreign: z.array(prefixSchema).default([]) })
const ended = z.object({ ended: z.number() })
const predicted = z.object({
  filter: z.string(),
  blocked: z.array(z.string()),
  kept: z.array(z.string()),
  connections: z.number(),
})

/** Of those who are kept, so many are asked about at each place. */
const ASKED = 20

/** First it stands everywhere, then it is looked at, and at last connections that are open are ended. */
export const apply = async (plan: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const denials = readDenials(plan)
  const put = await ctx.all(
    denials.map(({ denial, ttl }): OpRequest => {
      const target = resourceOf(denial.place)
      return { kind: 'deny', key: denial.filter, target, args: { ...denial, ttl } }
    }),
  )
  const missing = denials.flatMap((one, index) => restOf(one, put[index]))
  const rest = missing.length > 0 ? await ctx.all(missing) : []
  const stands = denials.filter((_, index) => isDenied(put[index]))
  const output = (endedThere: number): Applied['output'] => ({
    ...predicted.parse(plan.predicted),
    places: stands.map(({ denial }) => resourceOf(denial.place)),
    ended: endedThere,
  })
  const failed = firstFailure([...put, ...rest])
  if (failed) {
    const words = `it stands at ${stands.length} of ${denials.length} places: ${failed.failure.message}`
    const failure = { ...failed.failure, message: words }
    return ok({ output: output(0), summary: words, failure })
  }
  const { kept } = predicted.parse(plan.predicted)
  const seen = await ctx.all(
    denials.map(({ denial }) => ({
      kind: 'look-back',
      key: `look-back ${denial.filter}`, // a key of its own: with that of the denial it would be taken for done
      target: resourceOf(denial.place),
      args: { ...denial, kept: kept.slice(0, ASKED) },
    })),
  )
  const unseen = firstFailure(seen)
  if (unseen) return ok({ output: output(0), summary: unseen.failure.message, failure: unseen.failure })
  const ends = await ctx.all(
    readEndings(plan).map(({ proxy, ...args }) => ({
      kind: 'end-connections',
      key: 'end-connections',
      target: proxy,
      args: { proxy, ...args },
    })),
  )
  const sum = ends.reduce((all, one) => all + (one.ok ? (ended.safeParse(one.value).data?.ended ?? 0) : 0), 0)
  const unended = firstFailure(ends)
  const summary = `${counted(predicted.parse(plan.predicted).blocked.length, 'prefix', 'prefixes')} denied at ${counted(stands.length, 'place', 'places')}`
  return ok({ output: output(sum), summary, ...(unended ? { failure: unended.failure } : {}) })
}

/** What a process had not come to when it was killed in the middle of one place: the look at it has found a part. */
const restOf = (
  { denial, ttl }: ReturnType<typeof readDenials>[number],
  put: Result<Json> | undefined,
): readonly OpRequest[] => {
  const said = put?.ok ? denied.safeParse(put.value).data : undefined
  if (!said) return []
  const prefixes = denial.prefixes.filter(one => !said.denied.includes(one) && !said.foreign.includes(one))
  if (prefixes.length === 0) return []
  const key = `rest of ${denial.filter}`
  return [{ kind: 'deny', key, target: resourceOf(denial.place), args: { ...denial, prefixes, ttl } }]
}

const counted = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`

const firstFailure = (results: readonly Result<Json>[]) => {
  const failed = results.find(result => !result.ok)
  return failed && !failed.ok ? failed : undefined
}

const isDenied = (result: Result<Json> | undefined): boolean =>
  result?.ok === true && (denied.safeParse(result.value).data?.denied.length ?? 0) > 0
