import { randomInt } from 'node:crypto'
import type { ExitCode } from '../domain/exit-codes.js'
import type { JsonObject } from '../domain/json.js'
import { badge, type Mode } from '../domain/mode.js'
import type { Result } from '../domain/result.js'
import type { Runbook } from '../domain/runbook.js'
import type { Drill } from '../drill/drill.js'
import type { Answers } from '../runtime/answers.js'
import { claim, type Ownership } from '../runtime/owner.js'
import { checkAnswers, readAnswers } from './support/answers-file.js'
import { type Definition, findFleet, findRunbook, findScenario, type Places } from './support/definitions.js'
import {
  conductDrill,
  DEFAULT_SPEED,
  type DrillSetting,
  mergeAnswers,
  parseCount,
  saveSetting,
  settingOf,
  startWorld,
  whoPlays,
} from './support/drill-session.js'
import { hostFor } from './support/host.js'
import { resolveInputs } from './support/inputs.js'
import { type Global, giveUp, type Io, say } from './support/io.js'
import { openingOf, openSession } from './support/session.js'
import { forget, type incidentPaths, makeIncident, stateDir } from './support/state.js'

export type DrillOptions = Global &
  Places & {
    readonly dryRun?: boolean
    readonly auto?: boolean
    readonly answers?: string
    readonly seed?: string
    readonly speed?: string
    readonly json?: boolean
  }

const DEFAULT_SCENARIO = 'one-hot-proxy'

/** Plays an incident in a simulated fleet: the same runbook, engine and providers as on a real one. */
export const drill = async (
  io: Io,
  scenarioName: string | undefined,
  options: DrillOptions,
): Promise<ExitCode> => {
  const prepared = await prepare(io, scenarioName ?? DEFAULT_SCENARIO, options)
  if ('exit' in prepared) return prepared.exit
  const { plot } = prepared
  const made = await makeIncident(stateDir(io, options), true)
  if (!made.ok) return giveUp(io, made.failure)
  const { id, paths } = made.value
  const saved = await saveSetting(paths.setting, plot.setting)
  const owned = saved.ok ? await claim(paths.owner, id) : saved
  if (!owned.ok) {
    await forget(paths.dir)
    return giveUp(io, owned.failure)
  }
  const ownership = owned.value
  const world = await startWorld(paths, plot.setting, plot)
  if (!world.ok) {
    await forget(paths.dir)
    return giveUp(io, world.failure)
  }
  try {
    const json = options.json === true
    return await play(io, { ...plot, id, paths, ownership, drill: world.value, json })
  } finally {
    await world.value.stop()
    await ownership.release()
  }
}

type Plot = Definition & {
  readonly setting: DrillSetting
  readonly runbook: Runbook
  readonly inputs: JsonObject
  readonly answers: Answers
  readonly mode: Mode
  readonly auto: boolean
  readonly attended: boolean
}

type Prepared = { readonly plot: Plot } | { readonly exit: ExitCode }

const prepare = async (io: Io, name: string, options: DrillOptions): Promise<Prepared> => {
  const scenario = await findScenario(io, options, name)
  if ('exit' in scenario) return scenario
  const fleet = await findFleet(io, options)
  if ('exit' in fleet) return fleet
  const runbook = await findRunbook(io, options, scenario.value.runbook)
  if ('exit' in runbook) return runbook
  const written = await readAnswers(io, options.answers)
  if ('exit' in written) return written
  const { auto, attended } = whoPlays(io, options)
  const answers = mergeAnswers(scenario.value, written.value, auto)
  const fitting = checkAnswers(io, [runbook.value, ...Object.values(runbook.others)], answers)
  if ('exit' in fitting) return fitting
  const seed = count('seed', options.seed, randomInt(1, 10_000))
  const speed = count('speed', options.speed, DEFAULT_SPEED)
  if (!seed.ok) return { exit: giveUp(io, seed.failure) }
  if (!speed.ok) return { exit: giveUp(io, speed.failure) }
  const inputs = await resolveInputs(runbook.value, fleet.value, answers.inputs, undefined)
  if (!inputs.ok) return { exit: giveUp(io, inputs.failure) }
  const setting = { scenario: scenario.value, fleet: fleet.value, seed: seed.value, speed: speed.value }
  const mode: Mode = { fleet: 'simulated', effects: options.dryRun ? 'withheld' : 'applied' }
  const { value, others, origins } = runbook
  return {
    plot: { setting, runbook: value, others, origins, inputs: inputs.value, answers, mode, auto, attended },
  }
}

const count = (name: string, said: string | undefined, otherwise: number): Result<number> =>
  said === undefined ? { ok: true, value: otherwise } : parseCount(name, said)

type Play = Plot & {
  readonly id: string
  readonly paths: ReturnType<typeof incidentPaths>
  readonly ownership: Ownership
  readonly drill: Drill
  readonly json: boolean
}

const play = async (io: Io, part: Play): Promise<ExitCode> => {
  const { id, paths, ownership, setting, runbook, inputs, mode, drill: world, json } = part
  const { others, answers, auto, attended } = part
  introduce(io, part)
  const drilled = { scenario: setting.scenario.name, seed: setting.seed }
  const opening = openingOf({ definition: runbook, others, inputs, mode, drill: drilled }, setting.fleet, id)
  const host = hostFor(io, json)
  const session = await openSession(
    {
      id,
      paths,
      mode,
      fleet: setting.fleet,
      setting: settingOf(world, paths),
      host,
      attended,
      auto,
      answers,
      ownership,
    },
    opening,
    part.origins,
  )
  if (!session.ok) {
    if (ownership.holds().ok) await forget(paths.dir)
    return giveUp(io, session.failure)
  }
  try {
    return await conductDrill(io, session.value, world, { paths, json, setting })
  } finally {
    await session.value.close()
  }
}

const introduce = (io: Io, { id, setting, mode, auto }: Play): void => {
  const { scenario, seed, speed } = setting
  const pace = auto ? 'as fast as it can be played' : `${speed} times as fast as real time`
  say(io, `${badge(mode)}  ${scenario.title} (${scenario.name}, seed ${seed})`)
  say(io, `       A simulated fleet, ${pace}. No real machine is touched.`)
  say(io, `       ${id}; Ctrl-C pauses, \`firebreak resume ${id}\` goes on.`)
}
