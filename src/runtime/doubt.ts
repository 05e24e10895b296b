import type { Probe } from '../actions/contract.js'
import type { RequestTally } from '../domain/event.js'
import { DOUBTFUL } from '../domain/failure-codes.js'
import type { Json } from '../domain/json.js'
import type { Actor, Question } from '../domain/question.js'
import { type Failure, ok, type Result } from '../domain/result.js'
import { SIDE_VERBS } from '../engine/verbs.js'
import { handsFor, type OpRun } from './op-run.js'
import { put } from './put.js'
import { untilStopped } from './until-stopped.js'

export const isDoubtful = (failure: Failure): boolean => DOUBTFUL.has(failure.code)

/** What became of an op whose outcome was not known. */
export type Settled = Exclude<Probe, { state: 'unknown' }> & {
  readonly by: Actor
  readonly requests: RequestTally
}

/**
 * Finds out what became of an op whose outcome is not known: asks the world by the op's own probe, else the
 * operator. Undefined means that nobody answered: it is still in doubt, and the incident pauses.
 */
export const resolveDoubt = async (run: OpRun, sent: RequestTally = {}): Promise<Settled | undefined> => {
  const { deps, behaviour, args, token } = run
  const { hands, counts } = handsFor(deps)
  const probe = await untilStopped(deps.stop, behaviour.probe(args, token, hands))
  if (!probe) return undefined
  const requests = add(sent, counts())
  if (probe.state !== 'unknown') return { ...probe, by: 'engine', requests }
  const said = await put(deps, run.place.frame, () => questionFor(run, probe))
  if (!said) return undefined
  const { answer } = said
  if (answer.option === 'again') return resolveDoubt(run, requests)
  const { evidence } = probe
  const { by } = answer
  return answer.option === 'not-done'
    ? { state: 'not-done', evidence, by, requests }
    : { state: 'done', result: null, evidence, by, requests }
}

/** Writes down what became of it. A result means that it was done; undefined that it may be sent with the same token. */
export const record = async (run: OpRun, settled: Settled): Promise<Result<Json> | undefined> => {
  const { state: verdict, evidence, by, requests } = settled
  const result = settled.state === 'done' ? settled.result : undefined
  await run.deps.ledger.append({
    type: 'op.resolved',
    frame: run.place.frame,
    actor: by,
    data: { ...run.ref, requests, verdict, by, evidence, ...(result === undefined ? {} : { result }) },
  })
  return result === undefined ? undefined : ok(result)
}

const questionFor = ({ place, ref, args, token }: OpRun, probe: Probe): Question => ({
  id: `${place.frame}:${place.step}#${place.visit}:in-doubt:${ref.op}`,
  kind: 'in-doubt',
  step: place.step,
  visit: place.visit,
  title: `Did ${ref.kind} on ${ref.target} happen?`,
  text: `It was sent as ${JSON.stringify(args)} with token ${token}. Look for: ${probe.evidence}`,
  options: [
    { key: 'done', label: 'It happened', recommended: false },
    { key: 'not-done', label: 'It did not happen', recommended: false },
    { key: 'again', label: 'Look again', recommended: false },
  ],
  verbs: SIDE_VERBS,
})

const add = (a: RequestTally, b: RequestTally): RequestTally => {
  const sum: { [operation: string]: number } = { ...a }
  for (const [operation, count] of Object.entries(b)) sum[operation] = (sum[operation] ?? 0) + count
  return sum
}
