import { type Draft, EVENT } from '../../domain/event.js'
import { ok, type Result } from '../../domain/result.js'
import { doStarted, openDo } from '../../engine/alone.js'
import { replay } from '../../engine/replay.js'
import { EMPTY, type IncidentState } from '../../engine/state.js'
import { openUndo, undoStarted } from '../../engine/undo.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Host, Notice } from '../../hosts/contract.js'
import type { Journal, Verified } from '../../journal/contract.js'
import { createJournal, readJournal, reopenJournal } from '../../journal/file-journal.js'
import { createProviders } from '../../providers/providers.js'
import { createLedger } from '../../runtime/ledger.js'
import { runIncident } from '../../runtime/loop.js'
import { createStop } from '../../runtime/stop.js'
import { VERSION } from '../../version.js'
import type { Definition } from './definitions.js'
import { saveRunbookTexts } from './drift.js'
import type { Session, SessionOptions } from './session-contract.js'
import { depsFor, locksFor, OUTSIDE, SECRETS } from './session-deps.js'

type Opening = Draft<typeof EVENT.incidentOpened>

/** The first event of an incident: the runbook whole, and the rules it starts under. */
export const openingOf = (
  facts: Pick<Opening['data'], 'definition' | 'others' | 'inputs' | 'mode' | 'drill'>,
  fleet: Fleet,
  namespace: string,
): Opening => ({
  type: EVENT.incidentOpened,
  data: {
    ...facts,
    posture: 'conservative',
    tool: VERSION,
    fleet: { file: fleet.file, namespace, guardrailsHash: fleet.guardrailsHash },
  },
})

/** Starts a journal with `incident.opened`. */
export const openSession = async (
  options: SessionOptions,
  opening: Opening,
  origins: Definition['origins'] | readonly [],
): Promise<Result<Session>> => {
  const kept = await saveRunbookTexts(options.paths.dir, origins)
  if (!kept.ok) return kept
  const journal = await createJournal(journalOptions(options))
  if (!journal.ok) return journal
  const session = assemble(options, journal.value, EMPTY)
  const { mark: owner } = options.ownership
  const data = { ...opening.data, ...readFrom(origins), owner }
  const begun = await session.ledger.settle({ ...opening, data })
  return begun.ok ? ok(session) : begun
}

const readFrom = ([own, ...more]: Definition['origins'] | readonly []): Pick<
  Opening['data'],
  'source' | 'sources'
> => {
  if (!own) return {}
  const sources = Object.fromEntries(more.map(({ name, file }) => [name, file]))
  return more.length === 0 ? { source: own.file } : { source: own.file, sources }
}

/** Goes on with a journal: verified, replayed, marked as resumed. */
export const resumeSession = async (options: SessionOptions): Promise<Result<Session>> => {
  const opened = await reopenJournal(journalOptions(options))
  if (!opened.ok) return opened
  return goOnWith(options, opened.value)
}

/** Over a copy that is thrown away: shows what would be done, and leaves no trace in the record. */
export const rehearseSession = async (options: SessionOptions): Promise<Result<Session>> => {
  const read = await readJournal(options.paths.journal)
  if (!read.ok) return read
  const head = read.value.head
  const journal: Journal = { append: async () => ok('{}'), head: () => head, close: async () => {} }
  return goOnWith(options, { journal, verified: read.value })
}

const goOnWith = async (
  options: SessionOptions,
  { journal, verified }: { readonly journal: Journal; readonly verified: Verified },
): Promise<Result<Session>> => {
  const state = replay(verified.entries)
  if (!state.ok) return state
  const session = assemble(options, journal, state.value)
  for (const draft of arrival(options, state.value)) {
    const written = await session.ledger.settle(draft)
    if (!written.ok) return written
  }
  return ok(session)
}

/** Who goes on with it now. An incident that has ended is not opened again by that. */
const arrival = (options: SessionOptions, state: IncidentState): readonly Draft[] => {
  const { ownership, taken, drift, undo, doing } = options
  const underway = openUndo(state) !== undefined
  const owner = ownership.mark
  const resumed: Draft = { type: EVENT.incidentResumed, data: { tool: VERSION, owner } }
  return [
    ...(taken ? [{ type: EVENT.ownerTaken, data: { owner, ...taken } }] : []),
    ...(state.status === 'ended' && !underway ? [] : [resumed]),
    ...(drift ? [drift] : []),
    ...(undo && !underway ? [undoStarted(state, undo, 'operator')] : []),
    ...(doing ? [doStarted(state, doing)] : []),
  ]
}

type Journalled = {
  readonly id: string
  readonly paths: Pick<SessionOptions['paths'], 'journal'>
  readonly setting: Pick<SessionOptions['setting'], 'clock' | 'virtual'>
}

/** How an incident's journal is opened, whoever writes into it. */
export const journalOptions = ({ id, paths, setting }: Journalled) => ({
  path: paths.journal,
  incident: id,
  clock: setting.clock,
  ...(setting.virtual ? { wall: () => new Date().toISOString() } : {}),
})

const assemble = (options: SessionOptions, journal: Journal, state: IncidentState): Session => {
  const { id, host, setting, ownership, attended, undo, doing } = options
  const stop = createStop()
  const ledger = createLedger({
    journal,
    clock: setting.clock,
    state,
    notify: notice => {
      quietly(host)(notice)
      if (undo && notice.event.type === EVENT.undoFinished) stop.request('the undo is over')
      if (doing && !openDo(notice.state) && notice.event.type === EVENT.stepFinished)
        stop.request(`${doing.action} is over, and its runbook waits`)
    },
    attended,
    redact: SECRETS.redact.tree,
    mayWrite: ownership.holds,
  })
  const locks = locksFor(options)
  const providers = createProviders({
    clock: setting.clock,
    resolve: setting.resolve,
    ...(setting.aws ? { aws: setting.aws } : {}),
    ...(options.mode.fleet === 'real'
      ? { outside: OUTSIDE, ...(options.fleet.ssh ? { ssh: options.fleet.ssh } : {}) }
      : {}),
    record: () => {},
  })
  const deps = depsFor(options, { ledger, stop, providers, locks })
  return {
    id,
    ledger,
    stop,
    ...(attended ? { pressed: ownership.pressed } : {}),
    head: journal.head,
    run: () => runIncident(deps),
    close: async () => {
      providers.close()
      await locks.releaseAll()
      await journal.close()
    },
  }
}

/** A host that fails must never stop a run. */
const quietly =
  (host: Host) =>
  (notice: Notice): void => {
    try {
      host.notify(notice)
    } catch {
      // The journal has the event; the screen can be had again with `firebreak status`.
    }
  }
