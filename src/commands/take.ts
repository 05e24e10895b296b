import { existsSync } from 'node:fs'
import type { ExitCode } from '../domain/exit-codes.js'
import { type Taken, take as takeOver } from '../runtime/owner.js'
import { type GoOnOptions, goOn } from './support/go-on.js'
import { giveUp, type Io, say } from './support/io.js'
import { named } from './support/named.js'
import { readRecord } from './support/records.js'

/** Goes on with an incident that somebody else may be working on: whoever did may write and send nothing from then on. */
export const take = async (io: Io, said: string, options: GoOnOptions): Promise<ExitCode> => {
  const found = await named(io, said, options)
  if ('exit' in found) return found.exit
  const { id, paths } = found
  // One that never started has nothing to hand over, and may be about to be taken away.
  if (!existsSync(paths.journal)) {
    const missing = await readRecord(paths, id)
    if (!missing.ok) return giveUp(io, missing.failure)
  }
  const taken = await takeOver(paths.owner, id)
  if (!taken.ok) return giveUp(io, taken.failure)
  const { ownership, from } = taken.value
  try {
    say(io, fromWords(id, from))
    return await goOn(io, { id, paths, ownership, taken: from ? { from } : {} }, options)
  } finally {
    await ownership.release()
  }
}

const fromWords = (id: string, from: Taken['from']): string =>
  from
    ? `${id} is taken over from process ${from.pid} on ${from.host}, which does nothing more under it.`
    : `Nobody worked on ${id}; it goes on as with \`firebreak resume\`.`
