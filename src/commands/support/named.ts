import type { ExitCode } from '../../domain/exit-codes.js'
import { type Global, giveUp, type Io, say } from './io.js'
import { findIncident, incidentPaths, stateDir } from './state.js'

export type Named = { readonly id: string; readonly paths: ReturnType<typeof incidentPaths> }

/** The incident that somebody means by an id, the beginning of one, or `last`; which one that is, is said. */
export const named = async (
  io: Io,
  said: string,
  options: Global,
): Promise<Named | { readonly exit: ExitCode }> => {
  const state = stateDir(io, options)
  const id = await findIncident(state, said)
  if (!id.ok) return { exit: giveUp(io, id.failure) }
  if (id.value !== said) say(io, `${said} is ${id.value}`)
  return { id: id.value, paths: incidentPaths(state, id.value) }
}
