import { readdir } from 'node:fs/promises'
import { createSystemClock } from '../../runtime/system-clock.js'
import { inTime } from './in-time.js'
import { type Global, type Io, say } from './io.js'
import { filtersRoot, stateDir } from './state.js'

/** A disk that hangs is told of by whoever needs it. Milliseconds. */
const PATIENCE_MS = 500

/**
 * One line where filters of real fleets stand longer than they should, before whatever else is done. Where none was
 * ever put up it costs the look for a folder.
 */
export const remindOfOverdue = async (io: Io, options: Global): Promise<void> => {
  const root = filtersRoot(stateDir(io, options))
  const clock = createSystemClock()
  const fleets = await inTime(clock, readdir(root).catch(NOTHING_YET), [], PATIENCE_MS)
  if (fleets.length === 0) return
  const { readRegisters } = await import('../../fleet/filters/registers.js')
  const read = readRegisters(root)
  const overdue = read.ok ? read.value.held.filter(({ standing }) => standing.until <= clock.now()) : []
  const count = new Set(overdue.map(({ standing: { incident, filter } }) => `${incident} ${filter}`)).size
  if (count > 0) say(io, `${count === 1 ? '1 filter is' : `${count} filters are`} overdue: firebreak expire`)
}

const NOTHING_YET = (): string[] => []
