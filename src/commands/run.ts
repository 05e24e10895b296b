import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { badge, type Mode } from '../domain/mode.js'
import type { Runbook } from '../domain/runbook.js'
import type { Fleet } from '../fleet/fleet.js'
import { fleetNamespace } from '../fleet/namespace.js'
import type { Answers } from '../runtime/answers.js'
import { checkAccount } from './support/account-guard.js'
import { checkAnswers, readAnswers } from './support/answers-file.js'
import { type Definition, findFleet, findRunbook, type Places } from './support/definitions.js'
import { hostFor, isAttended } from './support/host.js'
import { parseAssignments, resolveInputs } from './support/inputs.js'
import { type Global, giveUp, type Io, say } from './support/io.js'
import { perform } from './support/perform.js'
import { realSetting } from './support/real-session.js'
import { openingOf } from './support/session.js'

export type RunOptions = Global &
  Places & {
    readonly input: readonly string[]
    readonly dryRun?: boolean
    readonly answers?: string
    readonly auto?: boolean
    readonly ui?: string
    readonly json?: boolean
  }

/** Steps an operator through a runbook on the real fleet. */
export const run = async (io: Io, said: string, options: RunOptions): Promise<ExitCode> => {
  if (options.auto && !options.dryRun) {
    say(io, 'firebreak: --auto on a real fleet would act without anybody agreeing')
    say(io, '  next: add --dry-run, or rehearse with `firebreak drill`, or give --answers with digests')
    return EXIT.usage
  }
  const prepared = await prepare(io, said, options)
  if ('exit' in prepared) return prepared.exit
  const { runbook, others, origins, fleet, answers } = prepared
  const host = hostFor(io, options.json === true)
  const attended = isAttended(io, options.json === true)
  const inputs = await resolveInputs(runbook, fleet, answers.inputs, attended ? host : undefined)
  if (!inputs.ok) return giveUp(io, inputs.failure)
  const mode: Mode = { fleet: 'real', effects: options.dryRun ? 'withheld' : 'applied' }
  say(io, `${badge(mode)}  ${runbook.title} (${runbook.name}), fleet ${fleet.file}`)
  const checked = await checkAccount(io, fleet, realSetting(io, options, fleet))
  if (!checked.ok) return giveUp(io, checked.failure)
  const setting = checked.value
  const opening = openingOf(
    { definition: runbook, others, inputs: inputs.value, mode },
    fleet,
    fleetNamespace(fleet),
  )
  return perform(io, { origins, fleet, answers, opening, host, attended, setting, mode }, options)
}

type Prepared = Definition & {
  readonly runbook: Runbook
  readonly fleet: Fleet
  readonly answers: Answers
}

const prepare = async (
  io: Io,
  said: string,
  options: RunOptions,
): Promise<Prepared | { readonly exit: ExitCode }> => {
  const given = parseAssignments(options.input)
  if (!given.ok) return { exit: giveUp(io, given.failure) }
  const runbook = await findRunbook(io, options, said)
  if ('exit' in runbook) return runbook
  const fleet = await findFleet(io, options)
  if ('exit' in fleet) return fleet
  const answers = await readAnswers(io, options.answers)
  if ('exit' in answers) return answers
  const fitting = checkAnswers(io, [runbook.value, ...Object.values(runbook.others)], answers.value)
  if ('exit' in fitting) return fitting
  const inputs = { ...answers.value.inputs, ...given.value }
  return {
    runbook: runbook.value,
    others: runbook.others,
    origins: runbook.origins,
    fleet: fleet.value,
    answers: { ...answers.value, inputs },
  }
}
