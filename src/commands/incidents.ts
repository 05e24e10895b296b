import { existsSync } from 'node:fs'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { badge } from '../domain/mode.js'
import { replay } from '../engine/replay.js'
import { readJournal } from '../journal/file-journal.js'
import { type Global, giveUp, type Io, print, say } from './support/io.js'
import { incidentIds, incidentPaths, stateDir } from './support/state.js'

/** Every incident of the state folder, newest first. */
export const incidents = async (io: Io, options: Global): Promise<ExitCode> => {
  const state = stateDir(io, options)
  const ids = await incidentIds(state)
  if (!ids.ok) return giveUp(io, ids.failure)
  if (ids.value.length === 0) say(io, `There are no incidents in ${state}; \`firebreak drill\` plays one.`)
  for (const id of ids.value) print(io, await rowFor(state, id))
  return EXIT.done
}

const rowFor = async (state: string, id: string): Promise<string> => {
  const { journal } = incidentPaths(state, id)
  if (!existsSync(journal)) return `${id}  never started: it has no journal`
  const verified = await readJournal(journal)
  const folded = verified.ok ? replay(verified.value.entries) : verified
  if (!folded.ok) return `${id}  unreadable: ${folded.failure.message}`
  const { opened, status, outcome } = folded.value
  if (!opened) return `${id}  empty`
  // An open incident whose process is gone reads the same as one at work: `status` tells them apart.
  return `${id}  ${badge(opened.mode).padEnd(13)}  ${(outcome ?? status).padEnd(10)}  ${opened.definition.name}`
}
