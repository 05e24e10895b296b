import { EXIT } from '../../domain/exit-codes.js'
import type { Held } from '../../fleet/filters/registers.js'
import { atWords, placeWords } from '../support/filter-words.js'
import type { Report } from './report.js'

/** Strikes records out without a look, for whoever knows that the host or the ACL is no more. */
export const forgotten = (held: readonly Held[]): Report => {
  const struck = held.map(one => ({ one, result: one.register.strike(one.standing) }))
  const failed = struck.flatMap(({ one, result }) => (result.ok ? [] : [{ one, failure: result.failure }]))
  return {
    rows: struck.map(({ one, result }) => ({ ...one, state: result.ok ? 'forgotten' : 'kept' })),
    lines: struck.flatMap(({ one: { standing }, result }) =>
      result.ok ? [`forgot ${atWords(standing)}: nobody looked at ${placeWords(standing.place)}`] : [],
    ),
    troubles: failed.flatMap(({ one, failure }) => [
      `firebreak: ${atWords(one.standing)} is still in the register: ${failure.message}`,
      `  next: ${failure.next}`,
    ]),
    exit: failed.length > 0 ? EXIT.unresolved : EXIT.done,
  }
}
