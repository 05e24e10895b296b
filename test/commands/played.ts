import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { findFleet, findRunbook, findScenario } from '../../src/commands/support/definitions.js'
import { settingOf, startWorld } from '../../src/commands/support/drill-session.js'
import { resolveInputs } from '../../src/commands/support/inputs.js'
import { openingOf, openSession } from '../../src/commands/support/session.js'
import type { Session, Setting } from '../../src/commands/support/session-contract.js'
import { incidentPaths } from '../../src/commands/support/state.js'
import type { Answer, Question } from '../../src/domain/question.js'
import { DRILL_EPOCH, type Drill } from '../../src/drill/drill.js'
import type { Scenario } from '../../src/drill/scenario.js'
import { applyChange } from '../../src/drill/world/apply.js'
import type { Change } from '../../src/drill/world/change.js'
import { createWorld } from '../../src/drill/world/create.js'
import type { World } from '../../src/drill/world/world.js'
import type { Fleet } from '../../src/fleet/fleet.js'
import type { Entry } from '../../src/journal/contract.js'
import { type Answers, NO_ANSWERS } from '../../src/runtime/answers.js'
import type { Ending } from '../../src/runtime/loop.js'
import { claim } from '../../src/runtime/owner.js'
import { okOf } from '../engine/results.js'
import { testStreams } from '../hosts/streams.js'

const RUNBOOKS = fileURLToPath(new URL('../../runbooks', import.meta.url))

/** Whoever sits at the drill: sees the question and the world, and may do by hand what anybody with credentials may. */
export type Operator = (question: Question, drill: Drill) => Promise<Answer | undefined> | Answer | undefined

export type Played = {
  readonly drill: Drill
  readonly fleet: Fleet
  readonly scenario: Scenario
  readonly paths: ReturnType<typeof incidentPaths>
  /** The world as it was when the alert fired, and after each change. */
  readonly worlds: readonly World[]
  readonly ending: Ending
  readonly session: Session
  readonly questions: readonly Question[]
  /** The journal as it stands in its file. */
  readonly entries: readonly Entry[]
}

type Part = {
  readonly operator: Operator
  readonly seed?: number
  readonly scenario?: string
  readonly runbooks?: string
  /** What goes wrong besides. */
  readonly faults?: Scenario['faults']
  /** As with `--auto`: the operator is not asked. */
  readonly auto?: boolean
  /** What is answered otherwise than recommended, by step. */
  readonly answers?: Answers['answers']
  /** Another setting than a drill's own; with a folder for what it needs. */
  readonly setting?: (setting: Setting, drill: Drill, folder: string) => Promise<Setting>
}

/** Plays a drill of the shipped runbook, or of others, in this process: the whole program but for its command line. */
export const playDrill = async ({
  operator,
  seed = 3,
  scenario = 'one-hot-proxy',
  runbooks = RUNBOOKS,
  faults = [],
  auto = false,
  answers = {},
  setting = async given => given,
}: Part): Promise<Played> => {
  const state = mkdtempSync(path.join(tmpdir(), 'fb-played-'))
  onTestFinished(() => rmSync(state, { recursive: true, force: true }))
  const io = { ...testStreams(), env: {}, cwd: state }
  const found = loaded(await findScenario(io, { runbooks }, scenario))
  const written = { ...found, faults: [...found.faults, ...faults] }
  const fleet = loaded(await findFleet(io, { runbooks }))
  const runbook = await findRunbook(io, { runbooks }, written.runbook)
  if ('exit' in runbook) throw new Error(`there is no runbook ${written.runbook}`)
  const paths = incidentPaths(state, 'drill-1')
  mkdirSync(paths.dir, { recursive: true })
  const drill = okOf(await startWorld(paths, { scenario: written, fleet, seed, speed: 1 }, { auto: true }))
  onTestFinished(() => drill.stop())
  const ownership = okOf(await claim(paths.owner, 'drill-1'))
  const questions: Question[] = []
  const session = okOf(
    await openSession(
      {
        id: 'drill-1',
        paths,
        mode: { fleet: 'simulated', effects: 'applied' },
        fleet,
        setting: await setting(settingOf(drill, paths), drill, state),
        host: {
          notify: () => {},
          request: async question => {
            questions.push(question)
            return operator(question, drill)
          },
        },
        attended: !auto,
        auto,
        answers: { ...NO_ANSWERS, answers },
        ownership,
      },
      openingOf(
        {
          definition: runbook.value,
          others: runbook.others,
          inputs: okOf(await resolveInputs(runbook.value, fleet, written.inputs, undefined)),
          mode: { fleet: 'simulated', effects: 'applied' },
          drill: { scenario, seed },
        },
        fleet,
        'drill-1',
      ),
      runbook.origins,
    ),
  )
  const ending = await session.run()
  await session.close()
  // written by the program itself
  const entries = linesOf(paths.journal) as Entry[]
  const changes = linesOf(path.join(paths.dir, 'world.log')) as Change[]
  const worlds = [createWorld({ seed, scenario: written, fleet, epoch: DRILL_EPOCH })]
  for (const change of changes) worlds.push(applyChange(worlds.at(-1) as World, change)) // never empty
  return { ending, session, questions, entries, drill, fleet, scenario: written, paths, worlds }
}

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))

const loaded = <T>(found: { readonly value: T } | { readonly exit: number }): T => {
  if ('exit' in found) throw new Error(`it cannot be loaded: exit ${found.exit}`)
  return found.value
}

/** The recommended answer, and consent with the word that is to be typed. */
export const agreeing = (question: Question): Answer | undefined => {
  const option =
    question.kind === 'gate' ? 'approve' : question.options.find(({ recommended }) => recommended)?.key
  if (option === undefined) return undefined
  return { option, by: 'operator', ...(question.type?.option === option ? { typed: question.type.word } : {}) }
}
