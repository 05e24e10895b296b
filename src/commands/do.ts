import type { ActionSpec } from '../actions/contract.js'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import type { JsonObject } from '../domain/json.js'
import { badge, type Mode } from '../domain/mode.js'
import { fail, ok, type Result } from '../domain/result.js'
import type { Runbook } from '../domain/runbook.js'
import type { Fleet } from '../fleet/fleet.js'
import { fleetNamespace } from '../fleet/namespace.js'
import type { Answers } from '../runtime/answers.js'
import { checkAccount } from './support/account-guard.js'
import { answerFor } from './support/answer-for.js'
import { checkAnswers, readAnswers } from './support/answers-file.js'
import { findFleet, type Loaded, type Places } from './support/definitions.js'
import { findAction, keyWords, sayKeys } from './support/do/action.js'
import { missingIn, problemWith, type Typed, typedFor, valuesFor } from './support/do/arguments.js'
import { doBeside } from './support/do/beside.js'
import { runbookOf } from './support/do/one-action.js'
import { fleetForRemoval } from './support/do/without-fleet.js'
import { hostFor, isAttended } from './support/host.js'
import { type Global, giveUp, type Io, say } from './support/io.js'
import { perform } from './support/perform.js'
import { realSetting } from './support/real-session.js'
import { openingOf } from './support/session.js'

export type DoOptions = Global &
  Places & {
    readonly with: readonly string[]
    readonly incident?: string
    readonly dryRun?: boolean
    readonly answers?: string
    readonly auto?: boolean
    readonly json?: boolean
  }

/** One action outside of any runbook, as an incident of its own or beside the runbook of one that is open. */
export const doAction = async (io: Io, said: string | undefined, options: DoOptions): Promise<ExitCode> => {
  const action = findAction(io, said)
  if ('exit' in action) return action.exit
  const given = await givenTo(io, action.value, options)
  if ('exit' in given) return given.exit
  return options.incident === undefined
    ? doAlone(io, action.value, given.value, options)
    : doBeside(io, options.incident, runbookOf(action.value, given.value), options)
}

/** What it is given with -w; what is needed and was not typed is asked for where a person is there. */
const givenTo = async (io: Io, action: ActionSpec, options: DoOptions): Promise<Loaded<JsonObject>> => {
  const typed = typedFor(action, options.with)
  const whole = typed.ok ? await completed(io, action, typed.value, options) : typed
  const values = whole.ok ? valuesFor(action, whole.value) : whole
  if (values.ok) return { value: values.value }
  const exit = giveUp(io, values.failure)
  sayKeys(io, action)
  return { exit }
}

const completed = async (
  io: Io,
  action: ActionSpec,
  typed: Typed,
  { json }: DoOptions,
): Promise<Result<Typed>> => {
  const whole = new Map(typed)
  for (const key of missingIn(action, typed)) {
    const text = json ? undefined : await askFor(io, action, key)
    if (text === undefined)
      return fail('input.missing', `${action.name} needs ${key}`, `give it with -w ${key}=VALUE`)
    whole.set(key, [text])
  }
  return ok(whole)
}

const askFor = (io: Io, action: ActionSpec, key: string): Promise<string | undefined> => {
  if (isAttended(io, false)) say(io, `${action.name} needs ${key}: ${keyWords(action, key)}`)
  return answerFor(io, undefined, `${key}:`, text => problemWith(action, key, text))
}

const doAlone = async (
  io: Io,
  action: ActionSpec,
  given: JsonObject,
  options: DoOptions,
): Promise<ExitCode> => {
  if (options.auto && !options.dryRun) {
    say(io, 'firebreak: --auto on a real fleet would act without anybody agreeing')
    say(io, '  next: add --dry-run, or give --answers with the digest that a dry-run prints')
    return EXIT.usage
  }
  const runbook = runbookOf(action, given)
  const prepared = await prepare(io, runbook, options)
  if ('exit' in prepared) return prepared.exit
  const { fleet, answers } = prepared
  const mode: Mode = { fleet: 'real', effects: options.dryRun ? 'withheld' : 'applied' }
  say(io, `${badge(mode)}  ${runbook.title}, fleet ${fleet.file}`)
  const checked = await checkAccount(io, fleet, realSetting(io, options, fleet))
  if (!checked.ok) return giveUp(io, checked.failure)
  const setting = checked.value
  const opening = openingOf({ definition: runbook, inputs: {}, mode }, fleet, fleetNamespace(fleet))
  const [json, host] = [options.json === true, hostFor(io, options.json === true)]
  const attended = isAttended(io, json)
  return perform(io, { origins: [], fleet, answers, opening, host, attended, setting, mode }, options)
}

const fleetFor = async (io: Io, runbook: Runbook, options: DoOptions): Promise<Loaded<Fleet>> => {
  const found = await findFleet(io, options)
  if (!('exit' in found)) return found
  const enough = await fleetForRemoval(io, runbook, options)
  return enough ? { value: enough } : found
}

type Prepared = { readonly fleet: Fleet; readonly answers: Answers }

const prepare = async (
  io: Io,
  runbook: Runbook,
  options: DoOptions,
): Promise<Prepared | { readonly exit: ExitCode }> => {
  const fleet = await fleetFor(io, runbook, options)
  if ('exit' in fleet) return fleet
  const answers = await readAnswers(io, options.answers)
  if ('exit' in answers) return answers
  if (Object.keys(answers.value.inputs).length > 0) {
    const next = 'what an action is given stands on the command line: -w key=value'
    return { exit: giveUp(io, fail('answers.invalid', 'an action has no inputs', next).failure) }
  }
  const fitting = checkAnswers(io, [runbook], answers.value)
  return 'exit' in fitting ? fitting : { fleet: fleet.value, answers: answers.value }
}
