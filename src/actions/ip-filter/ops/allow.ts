import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { ok, type Result } from '../../../domain/result.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'
import { denialSchema, resourceOf } from '../denial.js'
import { mechanismOf } from '../mechanisms/mechanisms.js'
import { claimedElsewhere } from './claimed.js'

/** `incident`: whose it is, where it is another one's than that which takes it away. */
const args = denialSchema.extend({ incident: z.string().exactOptional() })
type Args = z.output<typeof args>

/** Needs nothing but the place: no lock, no allowlist, no look at who is hit. What is gone already is no failure. */
const effect = async (denial: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const standing = { ...denial, incident: denial.incident ?? hands.incident }
  const prefixes = leaving(denial, hands)
  if (prefixes.length > 0) {
    const taken = await mechanismOf(denial).take({ ...denial, prefixes }, hands.providers)
    if (!taken.ok) return taken
  }
  const struck = hands.filters.strike(standing)
  const kept = denial.prefixes.filter(prefix => !prefixes.includes(prefix))
  const told = [
    `${prefixes.length} allowed again`,
    ...(kept.length > 0 ? [`${kept.join(', ')} stays: another filter wants it`] : []),
    ...(struck.ok ? [] : [`it is still in the register: ${struck.failure.message}`]),
  ]
  return ok({ allowed: [...prefixes], told: told.join('; ') })
}

const leaving = (denial: Args, hands: Hands) => {
  const kept = claimedElsewhere({ ...denial, incident: denial.incident ?? hands.incident }, hands)
  return denial.prefixes.filter(prefix => !kept.has(prefix))
}

const probe = async (denial: Args, _token: string, hands: Hands): Promise<Probe> => {
  const where = resourceOf(denial.place)
  const prefixes = leaving(denial, hands)
  const standing = await mechanismOf(denial).standing({ ...denial, prefixes }, hands.providers)
  if (!standing.ok)
    return { state: 'unknown', evidence: `whether ${where} still has it (${standing.failure.message})` }
  return standing.value.length === 0
    ? { state: 'done', result: { allowed: [...prefixes] }, evidence: `${where} has none of it` }
    : { state: 'not-done', evidence: `${where} still has ${standing.value.join(', ')}` }
}

export const allow = defineOp(args, {
  effect,
  probe,
  byHand: denial => mechanismOf(denial).byHand.take(denial).join('\n'),
  undo: () => 'who is blocked anew is looked at anew: `ip-filter.apply` does that',
})
