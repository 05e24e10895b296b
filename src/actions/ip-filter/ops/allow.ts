import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { ok, type Result } from '../../../domain/result.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'
import { denialSchema, resourceOf } from '../denial.js'
import { mechanismOf } from '../mechanisms/mechanisms.js'
import { takeAway, unclaimed } from '../take-away.js'

/** `incident`: whose it is, where it is another one's than that which takes it away. */
const args = denialSchema.extend({ incident: z.string().exactOptional() })
type Args = z.output<typeof args>

/** Needs nothing but the place: no lock, no allowlist, no look at who is hit. What is gone already is no failure. */
const effect = async (denial: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const taken = await takeAway(standingOf(denial, hands), hands)
  if (!taken.ok) return taken
  const { allowed, kept, struck } = taken.value
  const told = [
    `${allowed.length} allowed again`,
    ...(kept.length > 0 ? [`${kept.join(', ')} stays: another filter wants it`] : []),
    ...(struck.ok ? [] : [`it is still in the register: ${struck.failure.message}`]),
  ]
  return ok({ allowed: [...allowed], told: told.join('; ') })
}

const standingOf = (denial: Args, { incident }: Pick<Hands, 'incident'>) => ({
  ...denial,
  incident: denial.incident ?? incident,
})

const probe = async (denial: Args, _token: string, hands: Hands): Promise<Probe> => {
  const where = resourceOf(denial.place)
  const prefixes = unclaimed(standingOf(denial, hands), denial.prefixes, hands)
  const standing = await mechanismOf(denial).standing({ ...denial, prefixes: [...prefixes] }, hands.providers)
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
