import { EXIT, type ExitCode } from '../../../domain/exit-codes.js'
import type { Runbook } from '../../../domain/runbook.js'
import { claim } from '../../../runtime/owner.js'
import type { Places } from '../definitions.js'
import { type GoOnOptions, goOn } from '../go-on.js'
import { giveUp, type Io, say } from '../io.js'
import { named } from '../named.js'
import { NOBODY } from '../nobody.js'

type Options = Omit<GoOnOptions, 'undo' | 'doing'> & Places & { readonly dryRun?: boolean }

/** Beside the runbook of an open incident that nobody works on: in its record, under its locks, taken back with it. */
export const doBeside = async (io: Io, said: string, runbook: Runbook, options: Options): Promise<ExitCode> => {
  if (options.fleet !== undefined || options.runbooks !== undefined) {
    say(io, 'firebreak: an incident has its own fleet file')
    say(io, '  next: leave --fleet and --runbooks out, or --incident')
    return EXIT.usage
  }
  const found = await named(io, said, options)
  if ('exit' in found) return found.exit
  const { id, paths } = found
  const doing = { runbook, rehearse: options.dryRun === true }
  if (doing.rehearse) say(io, 'DRY-RUN: its plan is shown and then declined; nothing is written down.')
  if (doing.rehearse) return goOn(io, { id, paths, ownership: NOBODY }, { ...options, doing })
  const owned = await claim(paths.owner, id)
  if (!owned.ok) return giveUp(io, owned.failure)
  try {
    return await goOn(io, { id, paths, ownership: owned.value }, { ...options, doing })
  } finally {
    await owned.value.release()
  }
}
