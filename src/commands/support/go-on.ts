import type { Place } from '../../domain/event.js'
import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import { epochMs } from '../../domain/instant.js'
import { fail, ok } from '../../domain/result.js'
import type { ActionStep, Runbook } from '../../domain/runbook.js'
import { whyNotNow } from '../../engine/alone.js'
import { type HandOver, handOver } from '../../engine/hand-over.js'
import { replay } from '../../engine/replay.js'
import type { IncidentState } from '../../engine/state.js'
import { timeline } from '../../engine/timeline.js'
import { openUndo, undoableVisits } from '../../engine/undo.js'
import type { Fleet } from '../../fleet/fleet.js'
import { rowText } from '../../hosts/lines/layout.js'
import { paintFor } from '../../hosts/lines/paint.js'
import type { Verified } from '../../journal/contract.js'
import type { Answers } from '../../runtime/answers.js'
import type { From, Ownership } from '../../runtime/owner.js'
import { freshCopy } from '../../runtime/ownership/fresh-copy.js'
import { checkAccount } from './account-guard.js'
import { checkAnswers, readAnswers } from './answers-file.js'
import { conductUndo, nothingToUndo } from './conduct-undo.js'
import { decideDrift } from './decide-drift.js'
import { findFleet, type Loaded } from './definitions.js'
import { conductDo } from './do/conduct-do.js'
import { fleetForRemoval } from './do/without-fleet.js'
import { conductDrill, mergeAnswers, readSetting, settingOf, startWorld, whoPlays } from './drill-session.js'
import { hostFor, isAttended } from './host.js'
import { type Global, giveUp, type Io, say } from './io.js'
import { openWith } from './open-with.js'
import { conductReal, realSetting } from './real-session.js'
import { readRecord } from './records.js'
import type { SessionOptions } from './session-contract.js'
import type { incidentPaths } from './state.js'

export type GoOnOptions = Global & {
  /** Only to take something back: of that step, or all of it. `rehearse`: shown, and not done. */
  readonly undo?: { readonly step?: string; readonly rehearse: boolean }
  /** Only to do the one action of that runbook, beside the incident's own. `rehearse`: shown, and not done. */
  readonly doing?: { readonly runbook: Runbook; readonly rehearse: boolean }
  readonly auto?: boolean
  readonly answers?: string
  readonly json?: boolean
}

export type Arrival = {
  readonly id: string
  readonly paths: ReturnType<typeof incidentPaths>
  readonly ownership: Ownership
  /** It was taken over, and from whom: whoever takes over is told how it stands. */
  readonly taken?: { readonly from?: From }
}

/** Goes on with an incident where its journal ends, in this process, which owns it. */
export const goOn = async (io: Io, arrival: Arrival, options: GoOnOptions): Promise<ExitCode> => {
  const { id, paths } = arrival
  // Also on a resume: a taker may have died between the fence and its copy.
  const fresh = rehearses(options) ? ok(null) : await freshCopy(paths.journal)
  const read = fresh.ok ? await readRecord(paths, id) : fresh
  if (!read.ok) return giveUp(io, read.failure)
  if (read.value.torn > 0)
    say(io, `The last line of the journal was torn by a crash (${read.value.torn} bytes); it is cut off.`)
  const replayed = replay(read.value.entries)
  if (!replayed.ok) return giveUp(io, replayed.failure)
  const before = replayed.value
  const undo = undoAsked(before, options)
  if (undo?.length === 0) return nothingToUndo(io, id, before, options.undo?.step)
  const obstacle = options.doing && whyNotNow(before)
  if (obstacle !== undefined) return notNow(io, id, obstacle)
  if (isOver(before) && !undo) return over(io, id, before)
  if (arrival.taken) tell(io, handOver(before, read.value.entries, told(arrival.taken)))
  if (!options.json) recapitulate(io, read.value)
  const prepared = await prepare(io, { id, paths, before }, options)
  if ('exit' in prepared) return prepared.exit
  const going: Going = {
    ...arrival,
    ...prepared,
    ...doingOf(options),
    before,
    options,
    ...(undo ? { undo } : {}),
  }
  return openedOf(before).mode.fleet === 'simulated' ? goOnDrill(io, going) : goOnReal(io, going)
}

const openedOf = ({ opened }: IncidentState) => {
  if (!opened) throw new Error('a journal that replays begins with incident.opened')
  return opened
}

/** A drill that died before its score was written down is not over. */
const isOver = (state: IncidentState): boolean => {
  const { mode } = openedOf(state)
  const scored = mode.fleet === 'real' || mode.effects === 'withheld' || state.score !== undefined
  return state.status === 'ended' && scored
}

const rehearses = ({ undo, doing }: GoOnOptions): boolean => (undo ?? doing)?.rehearse === true

/** The visits to take back; what was begun after the end goes on. Undefined where it is not about that. */
const undoAsked = (state: IncidentState, { undo }: GoOnOptions): readonly Place[] | undefined => {
  const underway = openUndo(state)
  if (underway?.of && (undo || state.status === 'ended')) return underway.of
  return undo ? undoableVisits(state, undo.step) : undefined
}

const doingOf = ({ doing }: GoOnOptions): Pick<Going, 'doing'> => {
  const [step] = doing?.runbook.steps ?? []
  return step?.kind === 'action' ? { doing: step } : {}
}

type Subject = Pick<Going, 'id' | 'paths' | 'before'>
type Prepared = Pick<Going, 'answers' | 'drift'> | { readonly exit: ExitCode }

const prepare = async (io: Io, subject: Subject, options: GoOnOptions): Promise<Prepared> => {
  const answers = await readAnswers(io, options.answers)
  if ('exit' in answers) return answers
  const opened = openedOf(subject.before)
  const known = [...Object.values(opened.others ?? {}), ...(options.doing ? [options.doing.runbook] : [])]
  const fitting = checkAnswers(io, [opened.definition, ...known], answers.value)
  if ('exit' in fitting) return fitting
  if (options.undo || options.doing) return { answers: answers.value } // from the journal alone: what the file says now is nothing to it
  const drift = await decideDrift(io, subject, options)
  if ('exit' in drift) return drift
  return { answers: answers.value, ...(drift.draft ? { drift: drift.draft } : {}) }
}

const RECAP_ROWS = 8

/** Whoever goes on may not be who stopped: the last that happened, before anything is asked. */
const recapitulate = (io: Io, { entries }: Verified): void => {
  const rows = timeline(entries).filter(({ tone }) => tone !== 'quiet')
  const paint = paintFor(io.err, io.env)
  const [shown, hidden] = [rows.slice(-RECAP_ROWS), Math.max(0, rows.length - RECAP_ROWS)]
  if (hidden > 0) say(io, `… ${hidden} lines before these; \`firebreak status\` shows them`)
  for (const row of shown) say(io, rowText(row, paint, io.err.columns))
}

const tell = (io: Io, lines: readonly string[]): void => {
  for (const line of lines) say(io, line)
}

const told = ({ from }: NonNullable<Arrival['taken']>): HandOver => ({
  now: new Date().toISOString(),
  ...(from ? { from } : {}),
})

const over = (io: Io, id: string, { outcome }: IncidentState): ExitCode =>
  giveUp(
    io,
    fail('incident.over', `${id} has ended: ${outcome}`, `\`firebreak status ${id}\` shows how`).failure,
  )

const notNow = (io: Io, id: string, why: string): ExitCode =>
  giveUp(
    io,
    fail(
      'incident.midway',
      `nothing can be done beside the runbook of ${id} now: ${why}`,
      `\`firebreak status ${id}\` shows where it stands; without --incident it is an incident of its own`,
    ).failure,
  )

type Going = Arrival & {
  readonly before: IncidentState
  readonly answers: Answers
  readonly options: GoOnOptions
  readonly drift?: NonNullable<SessionOptions['drift']>
  readonly undo?: readonly Place[]
  readonly doing?: ActionStep
}

const goOnDrill = async (io: Io, { before, answers, options, ...arrival }: Going): Promise<ExitCode> => {
  const { paths } = arrival
  const setting = await readSetting(paths.setting)
  if (!setting.ok) return giveUp(io, setting.failure)
  const { auto, attended } = whoPlays(io, options)
  const world = await startWorld(paths, setting.value, { auto, resumeAt: epochMs(before.at ?? '') })
  if (!world.ok) return giveUp(io, world.failure)
  try {
    const { fleet, scenario } = setting.value
    const common = {
      ...arrival,
      fleet,
      answers: mergeAnswers(scenario, answers, auto),
      auto,
      attended,
      before,
      json: options.json === true,
    }
    const session = await openWith(
      sessionOptions(io, { ...common, setting: settingOf(world.value, paths) }),
      options,
    )
    if (!session.ok) return giveUp(io, session.failure)
    try {
      if (arrival.undo) return await conductUndo(io, session.value, options)
      if (options.doing) return await conductDo(io, session.value, options.doing.rehearse)
      return await conductDrill(io, session.value, world.value, {
        paths,
        json: common.json,
        setting: setting.value,
      })
    } finally {
      await session.value.close()
    }
  } finally {
    await world.value.stop()
  }
}

const fleetOf = async (
  io: Io,
  { opened }: IncidentState,
  options: Going['options'],
): Promise<Loaded<Fleet>> => {
  const places = { fleet: opened?.fleet.file ?? '' }
  const found = await findFleet(io, places)
  if (!('exit' in found) || !options.doing) return found
  const enough = await fleetForRemoval(io, options.doing.runbook, { ...options, ...places })
  return enough ? { value: enough } : found
}

const goOnReal = async (io: Io, { before, answers, options, ...arrival }: Going): Promise<ExitCode> => {
  const withheld = before.opened?.mode.effects === 'withheld'
  if (options.auto && !withheld && !rehearses(options)) {
    say(io, '--auto is for drills and dry-runs; on a real fleet a person answers, or --answers with digests.')
    return EXIT.usage
  }
  const fleet = await fleetOf(io, before, options)
  if ('exit' in fleet) return fleet.exit
  const common = {
    ...arrival,
    fleet: fleet.value,
    answers,
    auto: options.auto === true,
    before,
    json: options.json === true,
  }
  const attended = isAttended(io, common.json) && !common.auto
  const since = before.at === undefined ? 0 : epochMs(before.at)
  const checked = await checkAccount(io, fleet.value, realSetting(io, options, fleet.value, since))
  if (!checked.ok) return giveUp(io, checked.failure)
  const setting = checked.value
  const session = await openWith(sessionOptions(io, { ...common, attended, setting }), options)
  if (!session.ok) return giveUp(io, session.failure)
  try {
    if (arrival.undo) return await conductUndo(io, session.value, options)
    if (options.doing) return await conductDo(io, session.value, options.doing.rehearse)
    return await conductReal(io, session.value, { paths: arrival.paths, json: common.json })
  } finally {
    await session.value.close()
  }
}

type Common = Omit<SessionOptions, 'host' | 'mode'> & { readonly before: IncidentState; readonly json: boolean }

const sessionOptions = (io: Io, { before, json, ...rest }: Common): SessionOptions => ({
  ...rest,
  host: hostFor(io, json),
  mode: before.opened?.mode ?? { fleet: 'real', effects: 'withheld' },
})
