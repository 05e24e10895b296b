import type { ExitCode } from '../domain/exit-codes.js'
import { claim } from '../runtime/owner.js'
import { type GoOnOptions, goOn } from './support/go-on.js'
import { giveUp, type Io } from './support/io.js'
import { named } from './support/named.js'

/** Goes on with an incident that nobody works on. */
export const resume = async (io: Io, said: string, options: GoOnOptions): Promise<ExitCode> => {
  const found = await named(io, said, options)
  if ('exit' in found) return found.exit
  const { id, paths } = found
  const owned = await claim(paths.owner, id)
  if (!owned.ok) return giveUp(io, owned.failure)
  try {
    return await goOn(io, { id, paths, ownership: owned.value }, options)
  } finally {
    await owned.value.release()
  }
}
