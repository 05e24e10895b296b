import type { EventData } from '../../domain/event.js'
import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import { epochMs } from '../../domain/instant.js'
import { ok, type Result } from '../../domain/result.js'
import { replay } from '../../engine/replay.js'
import type { IncidentState } from '../../engine/state.js'
import { reopenJournal } from '../../journal/file-journal.js'
import { createLedger } from '../../runtime/ledger.js'
import { claim, type Ownership } from '../../runtime/owner.js'
import { freshCopy } from '../../runtime/ownership/fresh-copy.js'
import { createSystemClock } from '../../runtime/system-clock.js'
import { type Global, giveUp, type Io, print } from './io.js'
import { type Named, named } from './named.js'
import { readRecord } from './records.js'
import { journalOptions } from './session.js'
import { SECRETS } from './session-deps.js'

type Note = EventData['note.added']

/** Adds to the record of an incident that nobody works on, also after its end. `verb`: what whoever works on it types. */
export const addNote = async (
  io: Io,
  said: string,
  note: Note,
  { verb, ...options }: Global & { readonly verb: 'note' | 'did' },
): Promise<ExitCode> => {
  const found = await named(io, said, options)
  if ('exit' in found) return found.exit
  const owned = await claim(found.paths.owner, found.id)
  if (!owned.ok)
    return giveUp(io, {
      ...owned.failure,
      next: `whoever is at it can type \`${verb}\` at any question there`,
    })
  try {
    const head = await add(found, owned.value, note)
    if (!head.ok) return giveUp(io, head.failure)
    print(io, `${found.id}: noted; journal head ${head.value}`)
    return EXIT.done
  } finally {
    await owned.value.release()
  }
}

/** The head of the journal with the note in it. */
const add = async ({ id, paths }: Named, ownership: Ownership, note: Note): Promise<Result<string>> => {
  const fresh = await freshCopy(paths.journal)
  if (!fresh.ok) return fresh
  const read = await readRecord(paths, id)
  if (!read.ok) return read
  const state = replay(read.value.entries)
  if (!state.ok) return state
  const setting = settingOf(state.value)
  const opened = await reopenJournal(journalOptions({ id, paths, setting }))
  if (!opened.ok) return opened
  const { journal } = opened.value
  const ledger = createLedger({
    journal,
    clock: setting.clock,
    state: state.value,
    notify: () => {},
    attended: true,
    redact: SECRETS.redact.tree,
    mayWrite: ownership.holds,
  })
  const written = await ledger.settle({ type: 'note.added', actor: 'operator', data: note })
  await journal.close()
  return written.ok ? ok(journal.head()) : written
}

/** A drill's own time stands still while nobody plays it. */
const settingOf = ({ opened, at }: IncidentState) => {
  const last = at === undefined ? 0 : epochMs(at)
  const clock = createSystemClock(last)
  const virtual = opened?.mode.fleet === 'simulated'
  return { virtual, clock: virtual ? { ...clock, now: () => last } : clock }
}
