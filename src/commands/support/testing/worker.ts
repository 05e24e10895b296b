import { EXIT, type ExitCode } from '../../../domain/exit-codes.js'
import { type Failure, failure, type Result } from '../../../domain/result.js'
import type { Played } from '../../../testing/verdict.js'
import { type Job, playCase } from './play-case.js'

/** Between the process that has the cases and those that play them. */
export type Order = { readonly job: Job }
export type Reply = { readonly result: Result<Played> }

/** Plays what it is told to, one case after the other, until nobody tells it any more. */
export const serveCases = (): Promise<ExitCode> =>
  new Promise(resolve => {
    process.on('message', ({ job }: Order) => {
      void answer(job).then(result => process.send?.({ result } satisfies Reply))
    })
    process.on('disconnect', () => resolve(EXIT.done))
  })

const answer = async (job: Job): Promise<Result<Played>> => {
  try {
    return await playCase(job)
  } catch (error) {
    return { ok: false, failure: asBug(error) }
  }
}

/** A mutant may be a runbook that no loader would let pass: what the engine says to it is a finding, too. */
const asBug = (error: unknown): Failure =>
  failure(
    'bug',
    error instanceof Error ? error.message : String(error),
    'look at the case; it cannot be played',
  )
