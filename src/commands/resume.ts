import type { ExitCode } from '../domain/exit-codes.js'
import { claim } from '../runtime/owner.js'
import { type GoOnOptions, goOn } from './support/go-on.js'
import { giveUp, type Io, say } from './support/io.js'
import { findIncident, incidentPaths, stateDir } from './support/state.js'

/** Goes on with an incident that nobody works on. */
export const resume = async (io: Io, said: string, options: GoOnOptions): Promise<ExitCode> => {
  const state = stateDir(io, options)
  const id = await findIncident(state, said)
  if (!id.ok) return giveUp(io, id.failure)
  if (id.value !== said) say(io, `${said} is ${id.value}`)
  const paths = incidentPaths(state, id.value)
  const owned = await claim(paths.owner, id.value)
  if (!owned.ok) return giveUp(io, owned.failure)
  try {
    return await goOn(io, { id: id.value, paths, ownership: owned.value }, options)
  } finally {
    await owned.value.release()
  }
}
