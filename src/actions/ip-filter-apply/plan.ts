import { createHash } from 'node:crypto'
import type { PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { subtract } from '../../fleet/addresses/arithmetic.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import type { Protected } from '../../fleet/allowlist/allowlist.js'
import type { Look } from '../../providers/look.js'
import { clusterProxies } from '../cluster-proxies.js'
import type { Found } from '../find-proxies.js'
import { type Asked, readAsked } from './candidates.js'
import { draft } from './draft.js'
import { type Impact, impactOf, knownAmong, lookAround, type Present } from './impact.js'
import { chooseLayout } from './layouts/choose.js'
import type { Laid } from './layouts/layout.js'
import { type Shield, shieldFrom } from './protected.js'
import type { Input } from './schema.js'

/** All that a plan is drawn from: who is asked to be blocked, who must not be, who would be, and where. */
export type Drawn = {
  readonly input: Input
  readonly asked: Asked
  readonly shield: Shield
  readonly found: Found
  readonly present: Present
  readonly carved: Carved
  readonly impact: Impact
  readonly filter: string
  readonly laid: Laid
}

/** What is left of the candidates, and who was left out of them. */
export type Carved = {
  readonly blocked: readonly Prefix[]
  readonly protected: readonly Protected[]
  /** Of calm days, and kept for that. */
  readonly known: readonly Prefix[]
}

export const plan = async (input: Input, look: Look): Promise<Result<PlanDraft>> => {
  const drawn = await draw(input, look)
  return drawn.ok ? ok(await draft(drawn.value, look)) : drawn
}

const draw = async (input: Input, look: Look): Promise<Result<Drawn>> => {
  const asked = readAsked(input, look)
  if (!asked.ok) return asked
  const found = await clusterProxies({ cluster: input.cluster }, look)
  if (!found.ok) return found
  const { cluster, inventory } = found.value
  const chosen = chooseLayout(input.by, cluster)
  if (!chosen.ok) return chosen
  const shield = await shieldFrom(input.operator, inventory, look)
  if (!shield.ok) return shield
  const present = await lookAround(cluster, inventory, look)
  const carved = carve(input, asked.value, shield.value, present)
  if (!carved.ok) return carved
  const { blocked } = carved.value
  const { scope } = asked.value
  const filter = nameOf([cluster.name, chosen.value.by, JSON.stringify(scope), ...blocked])
  const laid = await chosen.value.layOut({ filter, cluster, inventory, blocked, scope }, look)
  if (!laid.ok) return laid
  const impact = impactOf(present, { ...asked.value, ...shield.value, blocked })
  const parts = { asked: asked.value, shield: shield.value, carved: carved.value, laid: laid.value }
  return ok({ input, found: found.value, present, impact, filter, ...parts })
}

/** The candidates without everybody who is kept: exactly, and never more. */
const carve = (
  { known: knownAre }: Input,
  { candidates }: Asked,
  { hit }: Shield,
  present: Present,
): Result<Carved> => {
  const protectedOnes = [...new Set(candidates.flatMap(hit))]
  const known = knownAre === 'keep' ? knownAmong(present, candidates).filter(one => hit(one).length === 0) : []
  const blocked = subtract(candidates, [...protectedOnes.map(({ prefix }) => prefix), ...known])
  // A second look at what the first one has made: it must never be true.
  const wrong = blocked.find(prefix => hit(prefix).length > 0)
  if (wrong !== undefined) throw new Error(`${wrong} holds somebody who must not be blocked`)
  if (blocked.length > 0) return ok({ blocked, protected: protectedOnes, known })
  const who = [...protectedOnes.map(({ prefix, name, at }) => `${prefix} (${name ?? at})`), ...known]
  return fail(
    'plan.nothing-to-do',
    `nothing of ${candidates.join(', ')} may be blocked: it is all kept by ${who.slice(0, 5).join(', ')}${who.length > 5 ? ` and ${who.length - 5} more` : ''}`,
    known.length > 0
      ? '`known: block` blocks those of calm days too; of who is protected nobody is ever blocked'
      : 'look at who it is: of who is protected nobody is ever blocked',
  )
}

/** The same addresses, closed at the same place, have the same name: a plan that is made again is the same plan. */
const nameOf = (parts: readonly string[]): string =>
  `f-${createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 8)}`
