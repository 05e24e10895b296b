import type { Clock } from '../../domain/clock.js'
import { formatDuration } from '../../domain/duration.js'
import { fail, type Result } from '../../domain/result.js'

export type Patience = { readonly every: number; readonly within: number; readonly what: string }

/** Looks until it has an answer, good or bad, or until the time is over. Milliseconds. */
export const pollUntil = async <T>(
  clock: Clock,
  { every, within, what }: Patience,
  look: () => Promise<Result<T> | undefined>,
): Promise<Result<T>> => {
  const deadline = clock.now() + within
  for (;;) {
    const answer = await look()
    if (answer) return answer
    if (clock.now() + every > deadline)
      return fail(
        'wait.timeout',
        `waited ${formatDuration(within)} for ${what}`,
        'look at it by hand; visiting the step again makes a new plan',
      )
    await clock.sleep(every)
  }
}
