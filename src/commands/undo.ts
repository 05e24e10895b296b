import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { claim } from '../runtime/owner.js'
import { type GoOnOptions, goOn } from './support/go-on.js'
import { giveUp, type Io, say } from './support/io.js'
import { named } from './support/named.js'
import { NOBODY } from './support/nobody.js'
import { incidentIds, stateDir } from './support/state.js'

export type UndoOptions = Omit<GoOnOptions, 'undo' | 'doing'> & {
  readonly step?: string
  readonly dryRun?: boolean
}

/** Takes back what an incident really changed, newest first, from its journal alone: also days after it ended. */
export const undo = async (io: Io, said: string, options: UndoOptions): Promise<ExitCode> => {
  const state = stateDir(io, options)
  const meant = said === 'last' ? await lastReal(state) : said
  if (meant === undefined) {
    say(io, `firebreak: there is no incident on a real fleet in ${state}`)
    say(io, '  next: `last` never takes a drill here; name one by its id (`firebreak incidents` lists them)')
    return EXIT.usage
  }
  const found = await named(io, meant, options)
  if ('exit' in found) return found.exit
  const { id, paths } = found
  if (meant !== said) say(io, `${said} is ${id}`)
  const request = { rehearse: options.dryRun === true, ...(options.step ? { step: options.step } : {}) }
  const arrival = { id, paths }
  if (request.rehearse) return goOn(io, { ...arrival, ownership: NOBODY }, { ...options, undo: request })
  const owned = await claim(paths.owner, id)
  if (!owned.ok) return giveUp(io, owned.failure)
  try {
    return await goOn(io, { ...arrival, ownership: owned.value }, { ...options, undo: request })
  } finally {
    await owned.value.release()
  }
}

/** A drill is played again, not mended: `last` means the newest incident on a real fleet. */
const lastReal = async (state: string): Promise<string | undefined> => {
  const ids = await incidentIds(state)
  return ids.ok ? ids.value.find(id => !id.startsWith('drill-')) : undefined
}
