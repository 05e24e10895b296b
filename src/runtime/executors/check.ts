import { formatDuration } from '../../domain/duration.js'
import type { EventData } from '../../domain/event.js'
import type { Json } from '../../domain/json.js'
import type { Step } from '../../domain/runbook.js'
import type { Command } from '../../engine/pending.js'
import type { Deps } from '../deps.js'
import { tally } from '../deps.js'
import { lookWith } from '../look.js'
import { untilStopped } from '../until-stopped.js'

/** Looks at the world. Checks run for real in every mode. */
export const check = async (deps: Deps, command: Command & { do: 'check' }): Promise<void> => {
  const { frame, step, visit, purpose } = command
  const observed = await untilStopped(deps.stop, observe(deps, command))
  if (!observed) return
  await deps.ledger.append({
    type: 'check.observed',
    frame,
    data: { step: step.id, visit, purpose, ...observed },
  })
}

type Observed = Omit<EventData['check.observed'], 'step' | 'visit' | 'purpose'>

const observe = async (deps: Deps, command: Command & { do: 'check' }): Promise<Observed> => {
  const spec = deps.checks[command.check]
  if (!spec) throw new Error(`no check ${command.check} in the registry`)
  const input = spec.input.safeParse(command.input)
  if (!input.success) return badInput(command.check, input.error.message)
  const { record, counts } = tally()
  const { run } = await deps.clock.io(spec.load())
  const report = await inTime(deps, command, run(input.data, lookWith(deps, record)))
  if (report === undefined) return tooLate(command)
  const { verdict, summary, failure } = report
  // Output schemas hold JSON only; zod's types cannot say so.
  const output = report.output as Json
  return { check: command.check, verdict, summary, output, requests: counts(), ...(failure ? { failure } : {}) }
}

/** Undefined where the step's `timeout` comes first: what the check still finds is not heard. */
const inTime = async <T>(
  { clock }: Deps,
  { step }: Command & { do: 'check' },
  looking: Promise<T>,
): Promise<T | undefined> => {
  const timeout = timeoutOf(step)
  if (timeout === undefined) return looking
  const over = new AbortController()
  const late = clock.sleep(timeout, over.signal).then(() => undefined)
  const report = await Promise.race([looking, late])
  over.abort()
  return report
}

const timeoutOf = (step: Step): number | undefined => (step.kind === 'check' ? step.timeout : undefined)

const tooLate = ({ check, step }: Command & { do: 'check' }): Observed => {
  const summary = `no answer within ${formatDuration(timeoutOf(step) ?? 0)}`
  return {
    check,
    verdict: 'inconclusive',
    output: null,
    summary,
    failure: {
      kind: 'environment',
      code: 'wait.timeout',
      message: `${check}: ${summary}`,
      next: 'look again, or look by hand',
    },
  }
}

/** What lint could not foresee: a value of the right type that the check's schema refuses. */
const badInput = (check: string, why: string): Observed => ({
  check,
  verdict: 'inconclusive',
  output: null,
  summary: `its input is refused: ${why}`,
  failure: {
    kind: 'user',
    code: 'input.invalid',
    message: `${check} refuses its input: ${why}`,
    next: 'mend the runbook',
  },
})
