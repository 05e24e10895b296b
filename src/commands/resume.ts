import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { epochMs } from '../domain/instant.js'
import { fail } from '../domain/result.js'
import { replay } from '../engine/replay.js'
import type { IncidentState } from '../engine/state.js'
import { timeline } from '../engine/timeline.js'
import { rowText } from '../hosts/lines/layout.js'
import { paintFor } from '../hosts/lines/paint.js'
import type { Verified } from '../journal/contract.js'
import type { Answers } from '../runtime/answerer.js'
import { claim, release } from '../runtime/owner.js'
import { checkAnswers, readAnswers } from './support/answers-file.js'
import { findFleet } from './support/definitions.js'
import {
  conductDrill,
  mergeAnswers,
  readSetting,
  settingOf,
  startWorld,
  whoPlays,
} from './support/drill-session.js'
import { hostFor, isAttended } from './support/host.js'
import { type Global, giveUp, type Io, say } from './support/io.js'
import { checkAccount, conductReal, realSetting } from './support/real-session.js'
import { readRecord } from './support/records.js'
import { resumeSession, type SessionOptions } from './support/session.js'
import { findIncident, incidentPaths, stateDir } from './support/state.js'

export type ResumeOptions = Global & {
  readonly auto?: boolean
  readonly answers?: string
  readonly json?: boolean
}

/** Goes on with an incident where its journal ends, in this process. */
export const resume = async (io: Io, said: string, options: ResumeOptions): Promise<ExitCode> => {
  const state = stateDir(io, options)
  const id = await findIncident(state, said)
  if (!id.ok) return giveUp(io, id.failure)
  if (id.value !== said) say(io, `${said} is ${id.value}`)
  const paths = incidentPaths(state, id.value)
  const owned = await claim(paths.owner, id.value)
  if (!owned.ok) return giveUp(io, owned.failure)
  try {
    return await goOn(io, id.value, paths, options)
  } finally {
    await release(paths.owner)
  }
}

type Paths = ReturnType<typeof incidentPaths>

const goOn = async (io: Io, id: string, paths: Paths, options: ResumeOptions): Promise<ExitCode> => {
  const read = await readRecord(paths, id)
  if (!read.ok) return giveUp(io, read.failure)
  if (read.value.torn > 0)
    say(io, `The last line of the journal was torn by a crash (${read.value.torn} bytes); it is cut off.`)
  const before = replay(read.value.entries)
  if (!before.ok) return giveUp(io, before.failure)
  const { opened } = before.value
  if (!opened) throw new Error('a journal that replays begins with incident.opened')
  const scored =
    opened.mode.fleet === 'real' || opened.mode.effects === 'withheld' || before.value.score !== undefined
  if (before.value.status === 'ended' && scored) return over(io, id, before.value)
  if (!options.json) recapitulate(io, read.value)
  const answers = await readAnswers(io, options.answers)
  if ('exit' in answers) return answers.exit
  const fitting = checkAnswers(io, opened.definition, answers.value)
  if ('exit' in fitting) return fitting.exit
  const going: Going = { id, paths, before: before.value, answers: answers.value, options }
  return opened.mode.fleet === 'simulated' ? goOnDrill(io, going) : goOnReal(io, going)
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

const over = (io: Io, id: string, { outcome }: IncidentState): ExitCode =>
  giveUp(
    io,
    fail('incident.over', `${id} has ended: ${outcome}`, `\`firebreak status ${id}\` shows how`).failure,
  )

type Going = {
  readonly id: string
  readonly paths: Paths
  readonly before: IncidentState
  readonly answers: Answers
  readonly options: ResumeOptions
}

const goOnDrill = async (io: Io, { id, paths, before, answers, options }: Going): Promise<ExitCode> => {
  const setting = await readSetting(paths.setting)
  if (!setting.ok) return giveUp(io, setting.failure)
  const { auto, attended } = whoPlays(io, options)
  const world = await startWorld(paths, setting.value, { auto, resumeAt: epochMs(before.at ?? '') })
  if (!world.ok) return giveUp(io, world.failure)
  try {
    const { fleet, scenario } = setting.value
    const common = {
      id,
      paths,
      fleet,
      answers: mergeAnswers(scenario, answers, auto),
      auto,
      attended,
      before,
      json: options.json === true,
    }
    const session = await resumeSession(
      sessionOptions(io, { ...common, setting: settingOf(world.value, paths) }),
    )
    if (!session.ok) return giveUp(io, session.failure)
    try {
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

const goOnReal = async (io: Io, { id, paths, before, answers, options }: Going): Promise<ExitCode> => {
  const withheld = before.opened?.mode.effects === 'withheld'
  if (options.auto && !withheld) {
    say(io, '--auto is for drills and dry-runs; on a real fleet a person answers, or --answers with digests.')
    return EXIT.usage
  }
  const fleet = await findFleet(io, { fleet: before.opened?.fleet.file ?? '' })
  if ('exit' in fleet) return fleet.exit
  const common = {
    id,
    paths,
    fleet: fleet.value,
    answers,
    auto: options.auto === true,
    before,
    json: options.json === true,
  }
  const attended = isAttended(io, common.json) && !common.auto
  const setting = realSetting(io, options, fleet.value)
  const account = await checkAccount(io, fleet.value, setting)
  if (!account.ok) return giveUp(io, account.failure)
  const session = await resumeSession(sessionOptions(io, { ...common, attended, setting }))
  if (!session.ok) return giveUp(io, session.failure)
  try {
    return await conductReal(io, session.value, { paths, json: common.json })
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
