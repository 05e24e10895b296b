import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { findFleet, findRunbook, findScenario } from '../../src/commands/support/definitions.js'
import { settingOf, startWorld } from '../../src/commands/support/drill-session.js'
import { openingOf, openSession } from '../../src/commands/support/session.js'
import type { Session } from '../../src/commands/support/session-contract.js'
import { incidentPaths } from '../../src/commands/support/state.js'
import type { Answer, Question } from '../../src/domain/question.js'
import type { Drill } from '../../src/drill/drill.js'
import type { Entry } from '../../src/journal/contract.js'
import { NO_ANSWERS } from '../../src/runtime/answers.js'
import type { Ending } from '../../src/runtime/loop.js'
import { claim } from '../../src/runtime/owner.js'
import { okOf } from '../engine/results.js'
import { testStreams } from '../hosts/streams.js'

const RUNBOOKS = fileURLToPath(new URL('../../runbooks', import.meta.url))

/** Whoever sits at the drill: sees the question and the world, and may do by hand what anybody with credentials may. */
export type Operator = (question: Question, drill: Drill) => Promise<Answer | undefined> | Answer | undefined

export type Played = {
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
}

/** Plays a drill of the shipped runbook, or of others, in this process: the whole program but for its command line. */
export const playDrill = async ({
  operator,
  seed = 3,
  scenario = 'one-hot-proxy',
  runbooks = RUNBOOKS,
}: Part): Promise<Played> => {
  const state = mkdtempSync(path.join(tmpdir(), 'fb-played-'))
  onTestFinished(() => rmSync(state, { recursive: true, force: true }))
  const io = { ...testStreams(), env: {}, cwd: state }
  const written = loaded(await findScenario(io, { runbooks }, scenario))
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
        setting: settingOf(drill, paths),
        host: {
          notify: () => {},
          request: async question => {
            questions.push(question)
            return operator(question, drill)
          },
        },
        attended: true,
        auto: false,
        answers: NO_ANSWERS,
        ownership,
      },
      openingOf(
        {
          definition: runbook.value,
          inputs: written.inputs ?? {},
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
  const entries = readFileSync(paths.journal, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Entry) // written by the program itself
  return { ending, session, questions, entries }
}

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
