import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { epochMs } from '../../../domain/instant.js'
import type { Mode } from '../../../domain/mode.js'
import { ok, type Result } from '../../../domain/result.js'
import type { Runbook } from '../../../domain/runbook.js'
import type { Drill } from '../../../drill/drill.js'
import type { Scenario } from '../../../drill/scenario.js'
import { timeline } from '../../../engine/timeline.js'
import type { Fleet } from '../../../fleet/fleet.js'
import { rowText } from '../../../hosts/lines/layout.js'
import { readJournal } from '../../../journal/file-journal.js'
import type { Answers } from '../../../runtime/answers.js'
import type { Ending } from '../../../runtime/loop.js'
import { claim } from '../../../runtime/owner.js'
import { coveredBy } from '../../../testing/coverage.js'
import { outcomesOf } from '../../../testing/outcomes.js'
import type { Played } from '../../../testing/verdict.js'
import type { Definition } from '../definitions.js'
import { mergeAnswers, settingOf, startWorld } from '../drill-session.js'
import { resolveInputs } from '../inputs.js'
import { openingOf, openSession } from '../session.js'
import { incidentPaths } from '../state.js'

/** One drill to be played by nobody: plain data, for another process. */
export type Job = {
  readonly runbook: Runbook
  /** Those that it can lead to, by name. */
  readonly others: Definition['others']
  readonly scenario: Scenario
  readonly fleet: Fleet
  readonly seed: number
  readonly answers: Answers
}

const ID = 'drill-test'
const MODE: Mode = { fleet: 'simulated', effects: 'applied' }

/** Plays it on the virtual clock, in a folder that is gone afterwards. */
export const playCase = async (job: Job): Promise<Result<Played>> => {
  const dir = await mkdtemp(path.join(tmpdir(), 'firebreak-case-'))
  try {
    const paths = incidentPaths(dir, ID)
    await mkdir(paths.dir, { recursive: true, mode: 0o700 })
    return await playIn(paths, job)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

type Paths = ReturnType<typeof incidentPaths>

const playIn = async (paths: Paths, job: Job): Promise<Result<Played>> => {
  const { scenario, fleet, seed } = job
  const world = await startWorld(paths, { scenario, fleet, seed, speed: 1 }, { auto: true })
  if (!world.ok) return world
  try {
    return await playOn(world.value, paths, job)
  } finally {
    await world.value.stop()
  }
}

const playOn = async (drill: Drill, paths: Paths, job: Job): Promise<Result<Played>> => {
  const { runbook, others, scenario, fleet, seed } = job
  const answers = mergeAnswers(scenario, job.answers, true)
  const inputs = await resolveInputs(runbook, fleet, answers.inputs, undefined)
  if (!inputs.ok) return inputs
  const ownership = await claim(paths.owner, ID)
  if (!ownership.ok) return ownership
  const session = await openSession(
    {
      id: ID,
      paths,
      mode: MODE,
      fleet,
      setting: settingOf(drill, paths),
      host: { notify: () => {}, request: async () => undefined },
      attended: false,
      auto: true,
      answers,
      ownership: ownership.value,
    },
    openingOf(
      {
        definition: runbook,
        others,
        inputs: inputs.value,
        mode: MODE,
        drill: { scenario: scenario.name, seed },
      },
      fleet,
      ID,
    ),
    [{ name: runbook.name, file: '', text: '' }],
  )
  if (!session.ok) return session
  const ending = await session.value.run()
  await session.value.close()
  if (ending.how === 'broken') return { ok: false, failure: ending.failure }
  return playedOf(drill, paths, runbook, ending)
}

const playedOf = async (
  drill: Drill,
  paths: Paths,
  runbook: Runbook,
  ending: Exclude<Ending, { how: 'broken' }>,
): Promise<Result<Played>> => {
  const read = await readJournal(paths.journal)
  if (!read.ok) return read
  const { entries } = read.value
  const { state } = ending
  const outcome = state.outcome ?? 'unresolved'
  const { measures } = drill.score({ endedAt: epochMs(state.at ?? ''), outcome })
  return ok({
    ...(ending.how === 'paused'
      ? { outcome: 'paused', because: ending.reason }
      : { outcome, because: state.because ?? '' }),
    steps: outcomesOf(runbook, entries),
    measures: { ...measures },
    covered: coveredBy(runbook, entries),
    timeline: timeline(entries)
      .filter(({ tone }) => tone !== 'quiet')
      .map(row => rowText(row, (_tone, text) => text, undefined)),
  })
}
