import { readFile, writeFile } from 'node:fs/promises'
import { EVENT } from '../../domain/event.js'
import type { ExitCode } from '../../domain/exit-codes.js'
import { epochMs } from '../../domain/instant.js'
import type { Json } from '../../domain/json.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Outcome } from '../../domain/runbook.js'
import { type Drill, startDrill } from '../../drill/drill.js'
import type { Scenario } from '../../drill/scenario.js'
import { fileBaselines } from '../../fleet/baseline-store.js'
import { fileClientHistory } from '../../fleet/client-history.js'
import type { Fleet } from '../../fleet/fleet.js'
import { readJournal } from '../../journal/file-journal.js'
import type { Answers } from '../../runtime/answers.js'
import { VERSION } from '../../version.js'
import { type Closing, printClosing } from './closing.js'
import { conduct } from './conduct.js'
import { isAttended } from './host.js'
import { type Io, say } from './io.js'
import type { Session, SessionOptions, Setting } from './session-contract.js'
import type { incidentPaths } from './state.js'

/** What a drill's world is made from; kept with the incident, so that a resumed drill is the same one. */
export type DrillSetting = {
  readonly scenario: Scenario
  readonly fleet: Fleet
  readonly seed: number
  readonly speed: number
}

export const saveSetting = async (file: string, setting: DrillSetting): Promise<Result<null>> => {
  try {
    await writeFile(file, JSON.stringify(setting), { mode: 0o600, flag: 'wx' })
    return ok(null)
  } catch (error) {
    return fail('state.unwritable', `${file}: ${String(error)}`, 'name another folder with --state')
  }
}

export const readSetting = async (file: string): Promise<Result<DrillSetting>> => {
  try {
    return ok(JSON.parse(await readFile(file, 'utf8')) as DrillSetting) // written by `saveSetting`, in a folder of our own
  } catch (error) {
    return fail(
      'file.unreadable',
      `${file}: ${String(error)}`,
      'without it the world of this drill cannot be made again',
    )
  }
}

/** Starts the simulated fleet of a drill, or goes on with it. */
export const startWorld = async (
  paths: ReturnType<typeof incidentPaths>,
  { scenario, fleet, seed, speed }: DrillSetting,
  options: { readonly auto: boolean; readonly resumeAt?: number },
): Promise<Result<Drill>> => {
  const { auto, resumeAt } = options
  const pace = auto ? ('instant' as const) : speed
  const drill = await startDrill({
    dir: paths.dir,
    seed,
    scenario,
    fleet,
    pace,
    ...(resumeAt === undefined ? {} : { resumeAt }),
  })
  if (drill.ok && resumeAt === undefined) await rememberCalmDay(paths, drill.value)
  return drill
}

/** What checks compare with: a real fleet has had calm days before an incident, too. */
const rememberCalmDay = async (
  paths: ReturnType<typeof incidentPaths>,
  { baselines, calmClients, startedAt: at }: Drill,
): Promise<void> => {
  const [known, history] = [fileBaselines(paths.baselines), fileClientHistory(paths.clients)]
  for (const [cluster, connections] of Object.entries(baselines))
    await known.record(cluster, { connections, at })
  for (const [cluster, clients] of Object.entries(calmClients))
    history.record(
      cluster,
      new Map([...clients].map(([address, connections]) => [address, { connections, at }])),
    )
}

/** From where the operator of a drill comes: nobody else in its world has that address. */
const OPERATOR = '10.1.0.5'

/** A drill's world, as a session takes it. */
export const settingOf = (drill: Drill, paths: ReturnType<typeof incidentPaths>): Setting => ({
  clock: drill.clock,
  resolve: drill.resolve,
  aws: { ...drill.aws, version: VERSION },
  inventory: paths.inventory,
  baselines: paths.baselines,
  clients: paths.clients,
  allowlist: paths.allowlist,
  filters: paths.filters,
  standpoint: { operator: OPERATOR, here: [] },
  locks: paths.locks,
  virtual: true,
})

/** Runs a drill to its end, scores it, and says how it went. */
export const conductDrill = (
  io: Io,
  session: Session,
  drill: Drill,
  {
    paths,
    json,
    setting,
  }: Pick<SessionOptions, 'paths'> & { readonly json: boolean; readonly setting: DrillSetting },
): Promise<ExitCode> =>
  conduct(io, session, async ({ state }) => {
    if (state.score === undefined) await score(io, session, drill, state.outcome ?? 'unresolved')
    if (json) return
    const verified = await readJournal(paths.journal)
    if (!verified.ok) throw new Error(verified.failure.message)
    printClosing(io, {
      id: session.id,
      journal: paths.journal,
      head: session.head(),
      events: verified.value.entries,
      state: session.ledger.state(),
      next: nextCommands(session, setting),
    })
  })

const nextCommands = (session: Session, { scenario, seed }: DrillSetting): Closing['next'] => {
  const rehearsed = session.ledger.state().opened?.mode.effects === 'withheld'
  return [
    { command: `firebreak journal verify ${session.id}`, why: 'prove that nothing in the record was changed' },
    rehearsed
      ? { command: `firebreak drill ${scenario.name} --seed ${seed}`, why: 'the same incident, with effects' }
      : {
          command: `firebreak drill ${scenario.name} --seed ${seed + 1}`,
          why: 'the same kind of incident, another one',
        },
    { command: `firebreak show ${scenario.runbook}`, why: 'read the runbook that was played' },
  ]
}

/** A withheld drill has nothing to score: it changed nothing. */
const score = async (io: Io, session: Session, drill: Drill, outcome: Outcome): Promise<void> => {
  const state = session.ledger.state()
  if (state.opened?.mode.effects === 'withheld') return
  const endedAt = epochMs(state.at ?? '')
  const { score: points, measures, deductions, faulted } = drill.score({ endedAt, outcome })
  // Plain data by their types; TypeScript does not see that a readonly object is JSON.
  const data = {
    score: points,
    measures: { ...measures },
    deductions: deductions as unknown as Json,
    faulted: faulted as unknown as Json,
  }
  const scored = await session.ledger.settle({ type: EVENT.drillScored, data })
  if (!scored.ok) say(io, `The score could not be written down: ${scored.failure.message}`)
}

/** Who answers in a drill: a person at a terminal, else the recommended answers, said aloud. */
export const whoPlays = (
  io: Io,
  options: { readonly auto?: boolean; readonly json?: boolean },
): { readonly auto: boolean; readonly attended: boolean } => {
  const auto = options.auto === true || !isAttended(io, options.json === true)
  if (auto && !options.auto) say(io, 'No terminal to ask at: playing the recommended answers, as with --auto.')
  return { auto, attended: !auto }
}

/** What the file says counts; the scenario's own answers are for `--auto`, where the file is silent. */
export const mergeAnswers = (scenario: Scenario, written: Answers, auto: boolean): Answers => ({
  inputs: { ...scenario.inputs, ...written.inputs },
  answers: { ...(auto ? scenario.answers : {}), ...written.answers },
  gates: written.gates,
  decisions: written.decisions,
})

export const DEFAULT_SPEED = 10

/** Whole and positive, as typed. */
export const parseCount = (name: string, text: string): Result<number> => {
  const value = Number(text)
  return Number.isSafeInteger(value) && value > 0
    ? ok(value)
    : fail('usage', `--${name} cannot be ${JSON.stringify(text)}`, 'give a whole number from 1')
}
