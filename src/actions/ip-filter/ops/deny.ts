import * as z from 'zod'
import { formatDuration } from '../../../domain/duration.js'
import type { Json } from '../../../domain/json.js'
import { ok, type Result } from '../../../domain/result.js'
import { prefixSchema } from '../../../fleet/filters/filter.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'
import { denialSchema, resourceOf } from '../denial.js'
import { mechanismOf } from '../mechanisms/mechanisms.js'
import { claimedElsewhere } from './claimed.js'

/** `ttl` in milliseconds, from when it is put up. */
const args = denialSchema.extend({ ttl: z.number().positive() })
type Args = z.output<typeof args>

/** Those that stand because of it, and until when (milliseconds since 1970). */
const result = z.object({ denied: z.array(prefixSchema), until: z.number() })

/** What may have been done although it failed. */
const DOUBTS: ReadonlySet<string> = new Set(['target.timeout', 'target.protocol', 'ec2.ambiguous'])

/** It is in the register before it is anywhere else: whatever becomes of this process, somebody can take it away. */
const effect = async ({ ttl, ...denial }: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const { clock, incident, filters, providers } = hands
  const until = clock.now() + ttl
  const standing = { ...denial, incident, until }
  const noted = filters.write(standing)
  if (!noted.ok) return noted
  const put = await mechanismOf(denial).put(denial, { ttl, until, incident }, providers)
  if (!put.ok) {
    if (!DOUBTS.has(put.failure.code)) filters.strike(standing)
    return put
  }
  // What stood there before is ours only where a filter of ours has put it there.
  const shared = claimedElsewhere(standing, hands)
  const foreign = put.value.already.filter(prefix => !shared.has(prefix))
  const denied = denial.prefixes.filter(prefix => !foreign.includes(prefix))
  const [first, ...more] = denied
  if (foreign.length > 0 && first) filters.write({ ...standing, prefixes: [first, ...more] })
  if (!first) filters.strike(standing)
  const told = [
    `${denied.length} denied for ${formatDuration(ttl)}`,
    ...(foreign.length > 0 ? [`${foreign.join(', ')} stood there already, and not by us`] : []),
    ...(put.value.untold ? [put.value.untold] : []),
  ]
  return ok({ denied, until, told: told.join('; ') })
}

const probe = async ({ ttl, ...denial }: Args, _token: string, hands: Hands): Promise<Probe> => {
  const where = resourceOf(denial.place)
  const standing = await mechanismOf(denial).standing(denial, hands.providers)
  if (!standing.ok)
    return { state: 'unknown', evidence: `whether ${where} has it (${standing.failure.message})` }
  const denied = standing.value
  if (denied.length === 0) return { state: 'not-done', evidence: `${where} has none of it` }
  const noted = hands.filters.all().find(one => one.filter === denial.filter && one.incident === hands.incident)
  const until = noted?.until ?? hands.clock.now() + ttl
  return {
    state: 'done',
    result: { denied: [...denied], until },
    evidence: `${where} has ${denied.length} of ${denial.prefixes.length}`,
  }
}

export const deny = defineOp(args, {
  effect,
  probe,
  byHand: ({ ttl, ...denial }) => mechanismOf(denial).byHand.put(denial, ttl).join('\n'),
  undo: ({ ttl: _, ...denial }, said) => {
    const prefixes = result.safeParse(said).data?.denied ?? denial.prefixes
    if (prefixes.length === 0) return []
    return [{ kind: 'allow', key: 'allow', target: resourceOf(denial.place), args: { ...denial, prefixes } }]
  },
})
