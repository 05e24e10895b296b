import type { Outcome } from '../domain/runbook.js'
import { liveFaults, type Measures, measure } from './measures.js'
import type { World } from './world/world.js'

type Deduction = { readonly reason: string; readonly points: number }

export type Score = {
  /** 0 to 100. */
  readonly score: number
  readonly measures: Measures
  readonly deductions: readonly Deduction[]
  readonly faulted: readonly { readonly kind: string; readonly instance: string }[]
}

/** Points lost, and the most that can be lost for one reason. */
const COST = {
  faultLive: 45,
  falseResolved: 35,
  stillHurt: 15,
  openEnded: 10,
  perHalfMinute: 1,
  slow: 20,
  perHealthyReplaced: 10,
  healthyReplaced: 40,
  perLeak: 8,
  leaked: 24,
  perBlocked: 10,
  blocked: 40,
} as const

/** Relief within this time costs nothing. */
const PROMPT_SECONDS = 300

/**
 * How well the incident was handled, judged by what is true of the world and never by what a plan said:
 * 100 minus what went wrong.
 */
export const scoreDrill = (
  world: World,
  run: { readonly startedAt: number; readonly endedAt: number; readonly outcome: Outcome },
): Score => {
  const measures = measure(world, run.startedAt, run.endedAt)
  const live = liveFaults(world, run.endedAt)
  const deductions = [
    ...endDeductions(measures, live, run.outcome),
    ...slowness(measures, live),
    ...waste(measures),
  ]
  const lost = deductions.reduce((sum, deduction) => sum + deduction.points, 0)
  return {
    score: Math.max(0, 100 - lost),
    measures,
    deductions,
    faulted: world.faults.map(({ kind, instance }) => ({ kind, instance })),
  }
}

const endDeductions = (measures: Measures, live: readonly string[], outcome: Outcome): Deduction[] => {
  const isLive = live.length > 0
  const names = live.join(', ')
  return [
    deduction(isLive, `the faulted ${names} still carries clients`, COST.faultLive),
    deduction(isLive && outcome === 'resolved', 'closed as resolved while it does', COST.falseResolved),
    deduction(measures.seconds_to_relief === null, 'clients are still hurt at the end', COST.stillHurt),
    deduction(
      outcome === 'unresolved' || outcome === 'aborted',
      `the incident ends ${outcome}`,
      COST.openEnded,
    ),
  ].flat()
}

/** No relief at all is as slow as it gets, however soon the incident was given up. */
const slowness = (measures: Measures, live: readonly string[]): Deduction[] => {
  const seconds = measures.seconds_to_relief
  if (seconds === null) return deduction(live.length > 0, 'no relief', COST.slow)
  const late = Math.ceil(Math.max(0, seconds - PROMPT_SECONDS) / 30) * COST.perHalfMinute
  return deduction(late > 0, `relief only after ${seconds} s`, Math.min(COST.slow, late))
}

const waste = (measures: Measures): Deduction[] => {
  const { healthy_replaced: healthy, instances_leaked: leaked, legit_clients_blocked: blocked } = measures
  return [
    deduction(
      healthy > 0,
      `${healthy} healthy ${healthy === 1 ? 'proxy' : 'proxies'} replaced`,
      Math.min(COST.healthyReplaced, healthy * COST.perHealthyReplaced),
    ),
    deduction(
      leaked > 0,
      `${leaked} launched and left running without a purpose`,
      Math.min(COST.leaked, leaked * COST.perLeak),
    ),
    deduction(
      blocked > 0,
      `${blocked} ${blocked === 1 ? 'client who does' : 'clients who do'} nothing wrong kept out by a filter`,
      Math.min(COST.blocked, blocked * COST.perBlocked),
    ),
  ].flat()
}

const deduction = (applies: boolean, reason: string, points: number): Deduction[] =>
  applies ? [{ reason, points }] : []
