import type { EventData } from '../../domain/event.js'
import type { Json } from '../../domain/json.js'
import type { Command } from '../../engine/pending.js'
import type { Deps } from '../deps.js'
import { tally } from '../deps.js'
import { lookWith } from '../look.js'

/** Looks at the world. Checks run for real in every mode. */
export const check = async (deps: Deps, command: Command & { do: 'check' }): Promise<void> => {
  const { frame, step, visit, purpose } = command
  const observed = await observe(deps, command)
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
  const report = await run(input.data, lookWith(deps, record))
  const { verdict, summary, failure } = report
  // Output schemas hold JSON only; zod's types cannot say so.
  const output = report.output as Json
  return { check: command.check, verdict, summary, output, requests: counts(), ...(failure ? { failure } : {}) }
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
