import { ipFilterRemove } from '../../../actions/ip-filter-remove/schema.js'
import type { Runbook } from '../../../domain/runbook.js'
import { fileFilterRegister } from '../../../fleet/filters/register.js'
import type { Fleet } from '../../../fleet/fleet.js'
import { salvageFleet, salvageOwner } from '../../../fleet/salvage.js'
import { fleetFile, type Places } from '../definitions.js'
import { type Global, type Io, say } from '../io.js'
import { filtersFolder, stateDir } from '../state.js'

/**
 * A fleet file that is broken must keep nobody blocked: what is still right of it will do to take filters away, which
 * needs nothing of it but whose register it is. Undefined for any other action, and where that register has none of
 * them: then there is another way, which is said.
 */
export const fleetForRemoval = async (
  io: Io,
  { steps: [step] }: Pick<Runbook, 'steps'>,
  options: Global & Places,
): Promise<Fleet | undefined> => {
  if (step?.kind !== 'action' || step.action !== ipFilterRemove.name) return undefined
  const file = fleetFile(io, options)
  const fleet = (await salvageFleet(file)) ?? (await salvageOwner(file))
  const standing = fileFilterRegister(filtersFolder(stateDir(io, options), fleet)).all()
  const names = namesIn(step.with.filters)
  if (standing.length > 0 && names.every(name => standing.some(({ filter }) => filter === name))) {
    say(io, 'Filters are taken away all the same: where they stand, their register says.')
    return fleet
  }
  say(io, `Filters are taken away without any fleet file by: firebreak expire ${names.join(' ') || 'NAME'}`)
  say(io, '  `firebreak expire --list` shows what stands, and where')
  return undefined
}

type Given = Extract<Runbook['steps'][number], { readonly kind: 'action' }>['with'][string]

const namesIn = (given: Given | undefined): readonly string[] =>
  given && 'literal' in given && Array.isArray(given.literal) ? given.literal.map(String) : []
