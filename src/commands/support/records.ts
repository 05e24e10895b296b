import { existsSync } from 'node:fs'
import { fail, type Result } from '../../domain/result.js'
import type { Verified } from '../../journal/contract.js'
import { readJournal } from '../../journal/file-journal.js'
import type { incidentPaths } from './state.js'

/** The journal of that incident, verified: also that it is this incident's, and not another one's put in its place. */
export const readRecord = async (
  { journal }: Pick<ReturnType<typeof incidentPaths>, 'journal'>,
  id: string,
): Promise<Result<Verified>> => {
  if (!existsSync(journal))
    return fail(
      'incident.unknown',
      `${id} never started: it has no journal`,
      'start it again; nothing was done under it',
    )
  const read = await readJournal(journal)
  if (!read.ok) return read
  const stranger = read.value.entries.find(({ incident }) => incident !== id)
  if (!stranger) return read
  return fail(
    'journal.damaged',
    `${journal}, line ${stranger.seq}: it is of the incident ${stranger.incident}`,
    'restore the journal from a copy; firebreak neither repairs it nor goes on from it',
  )
}
