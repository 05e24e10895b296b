import { EXIT } from '../../domain/exit-codes.js'
import type { Held } from '../../fleet/filters/registers.js'
import { createSystemClock } from '../../runtime/system-clock.js'
import { isOverSsh, openFilterReach } from '../support/filter-reach.js'
import type { Io } from '../support/io.js'
import type { ExpireOptions } from './contract.js'
import { ownFleet } from './own-fleet.js'
import { isLeft, type Outcome, removeAll } from './remove.js'
import type { Report, Row } from './report.js'
import { doneWords, troubleWords } from './words.js'

/** Takes them away. Where none has to go nothing is opened and nobody is asked. */
export const removed = async (io: Io, held: readonly Held[], options: ExpireOptions): Promise<Report> => {
  if (held.length === 0) return { rows: [], lines: [], troubles: [], exit: EXIT.done }
  const clock = createSystemClock()
  const isFar = held.some(({ standing }) => isOverSsh(standing.place))
  const reach = openFilterReach(clock, isFar ? (await ownFleet(io, options))?.ssh : undefined)
  try {
    const outcomes = await removeAll(held, { clock, reach })
    return {
      rows: outcomes.map(rowOf),
      lines: outcomes.flatMap(outcome => doneWords(outcome) ?? []),
      troubles: outcomes.flatMap(troubleWords),
      exit: outcomes.some(isLeft) ? EXIT.unresolved : EXIT.done,
    }
  } finally {
    reach.close()
  }
}

const rowOf = ({ fleet, standing, became, unstruck }: Outcome): Row => {
  const message = 'failure' in became ? became.failure.message : unstruck?.message
  return { fleet, standing, state: became.state, ...(message === undefined ? {} : { message }) }
}
