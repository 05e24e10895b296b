import { formatDuration } from '../domain/duration.js'
import { epochMs, type Instant } from '../domain/instant.js'
import type { RateGuardrail, Spending, Spends } from '../domain/plan.js'
import { valuesOf } from '../domain/table.js'
import type { IncidentState } from './state.js'

/** What an op of some incident has used up of a target, and when it was begun. */
export type Spent = Spends & { readonly target: string; readonly at: Instant }

/** A guardrail that counts over time, as it stands: how much of the whole may be used up in so many milliseconds. */
export type Rate = {
  /** Absent where the fleet file does not say; then nothing may. */
  readonly most?: number
  readonly per: number
  /** Milliseconds since 1970. */
  readonly now: number
  /** By every incident of the fleet, whenever it was. */
  readonly spent: readonly Spent[]
}

/** What an incident has used up. An op in doubt may have happened, and one in flight will have. */
export const spentIn = (state: IncidentState): readonly Spent[] =>
  valuesOf(state.ops)
    .filter(({ status }) => status === 'started' || status === 'finished')
    .flatMap(({ target, spends }) => (spends ? [{ ...spends, target }] : []))

const DONE: { readonly [G in RateGuardrail]: string } = { flush: 'flushed' }

/** Why that is more than may be used up now, and when it would not be if nothing came back meanwhile; undefined where it may. */
export const excess = (spending: Spending, { most, per, now, spent }: Rate): string | undefined => {
  const { guardrail, cluster } = spending
  if (most === undefined)
    return `the fleet file has no guardrails.${guardrail}, so nothing says how much of ${cluster} may be ${DONE[guardrail]} at a time`
  const recent = spent
    .filter(one => one.guardrail === guardrail && one.cluster === cluster && epochMs(one.at) > now - per)
    .sort((a, b) => epochMs(a.at) - epochMs(b.at))
  const fits = (before: readonly Spent[]): boolean => isWithin(shareOf(spending, before), most)
  if (fits(recent)) return undefined
  const before =
    recent.length === 0 ? '' : `, ${percent(shareOf({ ...spending, each: {} }, recent))} % before this plan`
  const last = recent.find((_, index) => fits(recent.slice(index + 1)))
  const when = last
    ? `possible in at most ${formatDuration(epochMs(last.at) + per - now)}`
    : 'too much by itself: take fewer at a time, or wait until the others hold more again'
  return `${percent(shareOf(spending, recent))} % of ${cluster} would be ${DONE[guardrail]} within ${formatDuration(per)}${before}; ${guardrail}.max_fraction is ${percent(most)} %; ${when}`
}

/** In whole percents: peers that are as good as equal are equal. A limit of nothing lets nothing pass. */
const isWithin = (share: number, most: number): boolean =>
  share <= most || (most > 0 && percent(share) <= percent(most))

const percent = (share: number): number => Math.round(share * 100)

/** What is used up no longer shows in what there is: of each target the most that was seen counts. */
const shareOf = ({ each, whole }: Spending, before: readonly Spent[]): number => {
  const sizes = new Map(Object.entries(whole))
  for (const { target, amount } of before) sizes.set(target, Math.max(amount, sizes.get(target) ?? 0))
  const all = sum(sizes.values())
  return all === 0 ? 0 : (sum(Object.values(each)) + sum(before.map(({ amount }) => amount))) / all
}

const sum = (amounts: Iterable<number>): number => [...amounts].reduce((total, amount) => total + amount, 0)
