import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { badge } from '../domain/mode.js'
import { placeWords } from '../engine/places.js'
import { replay } from '../engine/replay.js'
import { afterResume } from '../engine/resume.js'
import type { IncidentState } from '../engine/state.js'
import { timeline } from '../engine/timeline.js'
import { byHandWords } from '../engine/undo.js'
import { rowText } from '../hosts/lines/layout.js'
import { paintFor } from '../hosts/lines/paint.js'
import { ownerOf } from '../runtime/owner.js'
import { VERSION } from '../version.js'
import { filterLines } from './status/filters.js'
import { doubtful } from './support/closing.js'
import { type Global, giveUp, type Io, print } from './support/io.js'
import { named } from './support/named.js'
import { readRecord } from './support/records.js'

/**
 * Where an incident stands, from its journal: what is done, what is in doubt, what comes next, who is at it. Only of
 * filters that it has put up, and that may be gone by themselves, it asks those who should have them.
 */
export const status = async (io: Io, said: string | undefined, options: Global): Promise<ExitCode> => {
  const found = await named(io, said ?? 'last', options)
  if ('exit' in found) return found.exit
  const { id, paths } = found
  const verified = await readRecord(paths, id)
  if (!verified.ok) return giveUp(io, verified.failure)
  const folded = replay(verified.value.entries)
  if (!folded.ok) return giveUp(io, folded.failure)
  const paint = paintFor(io.out, io.env)
  for (const row of timeline(verified.value.entries))
    if (row.tone !== 'quiet') print(io, rowText(row, paint, io.out.columns))
  print(io, '')
  for (const line of standing(id, folded.value)) print(io, line)
  const { entries } = verified.value
  for (const line of await filterLines(io, options, { id, paths, state: folded.value, entries }))
    print(io, line)
  print(io, `owner    ${(await ownerOf(paths.owner)) ?? 'nobody'}`)
  print(io, `journal  ${paths.journal}, head ${verified.value.head}`)
  if (verified.value.torn > 0)
    print(io, `torn     the last line, ${verified.value.torn} bytes; resume cuts it off`)
  return EXIT.done
}

const standing = (id: string, state: IncidentState): string[] => {
  const { opened, outcome, because } = state
  return [
    `${id}  ${opened ? badge(opened.mode) : ''}  ${opened?.definition.name ?? ''}`,
    outcome === undefined ? `status   ${state.status}` : `status   ended: ${outcome} (${because})`,
    ...doubtful(state).map(({ op }) => `in doubt ${op}`),
    ...state.byHand.map(one => `stays    ${byHandWords(one)}; undo does not take it back`),
    ...nextLines(id, state),
  ]
}

const nextLines = (id: string, state: IncidentState): string[] => {
  if (state.status === 'ended' || state.status === 'new') return []
  const next = afterResume(state, VERSION).map(command =>
    'step' in command ? `${command.do} in step ${placeWords(command.frame, command.step.id)}` : command.do,
  )
  return [`next     ${next.join(', ')}: firebreak resume ${id}`]
}
