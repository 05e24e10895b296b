import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import { type AllHeld, type Held, readRegisters } from '../../fleet/filters/registers.js'
import { createSystemClock } from '../../runtime/system-clock.js'
import { atWords, deniedWords } from '../support/filter-words.js'
import { giveUp, type Io, say } from '../support/io.js'
import { filtersRoot, stateDir } from '../support/state.js'
import type { ExpireOptions } from './contract.js'
import { forgotten } from './forget.js'
import { listed } from './list.js'
import { removed } from './removed.js'
import { type Report, tell } from './report.js'

/** Those that are named; without a name those whose time is over, of all fleets that this state folder knows. */
export const expireByRegister = async (
  io: Io,
  names: readonly string[],
  options: ExpireOptions,
): Promise<ExitCode> => {
  const read = readRegisters(filtersRoot(stateDir(io, options)))
  if (!read.ok) return giveUp(io, read.failure)
  const isUnknown = sayUnknown(io, names, read.value)
  const isUnreadable = sayUnreadable(io, read.value)
  const now = createSystemClock().now()
  const report = await reportOn(io, chosen(read.value.held, names, options, now), options, now)
  const exit = tell(io, report, options.json, now)
  if (isUnknown) return EXIT.usage
  return isUnreadable ? EXIT.unresolved : exit
}

const sayUnknown = (io: Io, names: readonly string[], { held }: AllHeld): boolean => {
  const there = [...new Set(held.map(({ standing }) => standing.filter))]
  const unknown = names.filter(name => !there.includes(name))
  if (unknown.length === 0) return false
  say(io, `firebreak: no filter ${unknown.join(', ')} stands, by the registers of this state folder`)
  say(
    io,
    `  next: ${there.length > 0 ? `these do: ${there.join(', ')}` : 'none does; --state names another folder'}`,
  )
  return true
}

const sayUnreadable = (io: Io, { unreadable }: AllHeld): boolean => {
  for (const file of unreadable) {
    say(io, `firebreak: ${file} is no record that can be read: what it is about may still stand`)
    say(io, '  next: look what it says, take that away by hand, then delete the file')
  }
  return unreadable.length > 0
}

const chosen = (
  held: readonly Held[],
  names: readonly string[],
  { list }: ExpireOptions,
  now: number,
): readonly Held[] => {
  if (names.length > 0) return held.filter(({ standing }) => names.includes(standing.filter))
  return list ? held : held.filter(({ standing }) => standing.until <= now)
}

const reportOn = async (
  io: Io,
  held: readonly Held[],
  options: ExpireOptions,
  now: number,
): Promise<Report> => {
  if (options.list) return listed(held, now, 'No filter stands, by the registers of this state folder.')
  if (options.dryRun) return foretold(held)
  return options.forget ? forgotten(held) : removed(io, held, options)
}

/** By the register alone: nobody is asked what is still there. */
const foretold = (held: readonly Held[]): Report => ({
  rows: held.map(one => ({ ...one, state: 'would-remove' })),
  lines: held.map(({ standing }) => `would remove ${atWords(standing)}: ${deniedWords(standing)}`),
  troubles: [],
  exit: EXIT.done,
})
