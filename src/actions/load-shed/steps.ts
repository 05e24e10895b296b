import * as z from 'zod'
import type { Change, Plan } from '../../domain/plan.js'
import type { Input } from './schema.js'

/** From one limit to the next on one proxy, in new connections per second; 0 is none. */
export type Move = {
  readonly proxy: string
  readonly admin: string
  readonly from: number
  readonly to: number
}

/** What is done side by side, after so many milliseconds in which the limits before it hold. */
export type Step = { readonly after: number; readonly moves: readonly Move[] }

/** A proxy as it is before the plan. */
export type Present = { readonly proxy: string; readonly admin: string; readonly limit: number }

/** First the cap; then each step of the raise, on every proxy; at last, where it is wanted, the lift. */
export const stepsFor = (proxies: readonly Present[], { limit, raise }: Input): readonly Step[] => {
  const highest = Math.max(limit, ...(raise?.to ?? []))
  const rows = proxies.map(({ limit: was, ...where }) => {
    // A limit below what it was raised to was a cap of before: to put it back would be to shed again.
    const lifted = was > highest ? was : 0
    const values = [was, limit, ...(raise?.to ?? []), ...(raise?.lift ? [lifted] : [])]
    return values.slice(1).map((to, index) => ({ ...where, from: values[index] ?? was, to }))
  })
  return (rows[0] ?? []).map((_, number) => ({
    after: number === 0 ? 0 : (raise?.every ?? 0),
    moves: rows.flatMap(moves => moves[number] ?? []).filter(({ from, to }) => from !== to),
  }))
}

export const limitWords = (limit: number): string => (limit === 0 ? 'none' : `${limit}/s`)

/** `limitWords`, read back. */
export const writtenLimit = z
  .string()
  .regex(/^(?:none|[1-9]\d*\/s)$/)
  .transform(text => (text === 'none' ? 0 : Number.parseInt(text, 10)))

/** A lift is no cap where it ends at a limit. */
const verbOf = ({ from, to }: Move): string => {
  if (to === 0) return 'lift'
  return from !== 0 && to > from ? 'raise' : 'cap'
}

export const changesFor = (steps: readonly Step[]): readonly Change[] =>
  steps.flatMap(({ after, moves }, number) =>
    moves.map(move => ({
      verb: verbOf(move),
      resource: move.proxy,
      before: { limit: limitWords(move.from), admin: move.admin },
      after: {
        limit: limitWords(move.to),
        step: number + 1,
        ...(after === 0 ? {} : { after: `${after / 1_000}s` }),
      },
    })),
  )

const before = z.object({ limit: writtenLimit, admin: z.string() })
const after = z.object({
  limit: writtenLimit,
  step: z.number(),
  after: z
    .string()
    .transform(text => Number.parseFloat(text) * 1_000)
    .default(0),
})

/** Reads the changes of an agreed plan; they were made by `changesFor`, perhaps in another process. */
export const readSteps = ({ changes }: Plan): readonly Step[] => {
  const steps = new Map<number, { after: number; moves: Move[] }>()
  for (const change of changes) {
    const { limit: from, admin } = before.parse(change.before)
    const then = after.parse(change.after)
    const step = steps.get(then.step) ?? { after: then.after, moves: [] }
    step.moves.push({ proxy: change.resource, admin, from, to: then.limit })
    steps.set(then.step, step)
  }
  return [...steps.values()]
}
