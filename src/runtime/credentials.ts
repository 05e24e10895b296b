import type { RequestTally } from '../domain/event.js'
import type { Question } from '../domain/question.js'
import type { Failure } from '../domain/result.js'
import { SIDE_VERBS } from '../engine/verbs.js'
import type { OpRun } from './op-run.js'
import { put } from './put.js'

/** How often it was said in this incident that the credentials are renewed: ops that wait side by side ask once. */
export type Renewals = { readonly count: () => number; readonly add: () => void }

export const createRenewals = (): Renewals => {
  let count = 0
  return {
    count: () => count,
    add: () => {
      count += 1
    },
  }
}

/** Turned away before anybody looked at what it asks for, or not even sent: it is known that nothing was done. */
export const isTurnedAway = ({ code }: Failure): boolean =>
  code === 'ec2.credentials' || code === 'account.mismatch'

/** An op that was sent, after so many renewals, and turned away. */
export type TurnedAway = {
  readonly failure: Failure
  readonly requests: RequestTally
  readonly renewals: number
}

/**
 * Writes down that it was not done, and asks for other credentials. `again`: they are said to be there, and the same
 * op can be sent with the same token. `left`: nobody said; the incident pauses, and goes on at this op.
 */
export const renewed = async (
  run: OpRun,
  { failure, requests, renewals: before }: TurnedAway,
): Promise<'again' | 'given-up' | 'left'> => {
  const { deps, place, ref } = run
  const { ledger, renewals, stop } = deps
  const { frame } = place
  const known = { verdict: 'not-done', by: 'engine', evidence: failure.message, failure } as const
  await ledger.append({ type: 'op.resolved', frame, data: { ...ref, requests, ...known } })
  const ask = () => (renewals.count() === before ? questionFor(run, failure) : undefined)
  while (stop.reason() === undefined) {
    if (renewals.count() !== before) return 'again'
    const said = await put(deps, frame, ask)
    if (!said) continue
    const { option, by: actor } = said.answer
    if (option === 'give-up') return 'given-up'
    renewals.add()
    const text = `the credentials are said to be renewed: ${ref.kind} on ${ref.target} is sent again`
    await ledger.append({ type: 'note.added', frame, actor, data: { text } })
    return 'again'
  }
  return 'left'
}

const questionFor = ({ place, ref }: OpRun, { message }: Failure): Question => ({
  id: `${place.frame}:${place.step}#${place.visit}:credentials:${ref.op}`,
  kind: 'credentials',
  step: place.step,
  visit: place.visit,
  title: `${ref.kind} on ${ref.target} waits for other credentials`,
  text: `${message} Nothing was done by it, and nothing else is done meanwhile. Renew the credentials where this process reads them (as for the AWS CLI: the profile or its login; not the environment, which it has from its start), then go on.`,
  options: [
    {
      key: 'continue',
      label: 'They are renewed: read them again and go on with the same operation',
      recommended: true,
    },
    { key: 'give-up', label: 'Give the operation up: it has failed', recommended: false },
  ],
  verbs: SIDE_VERBS,
})
