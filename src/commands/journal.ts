import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { replay } from '../engine/replay.js'
import { type Global, giveUp, type Io, print, say } from './support/io.js'
import { named } from './support/named.js'
import { readRecord } from './support/records.js'

/** Proves that the record is whole: every line's hash, the chain, the numbering, and that it replays. */
export const journalVerify = async (io: Io, said: string, options: Global): Promise<ExitCode> => {
  const found = await open(io, said, options)
  if ('exit' in found) return found.exit
  const { id, verified } = found
  const folded = replay(verified.entries)
  if (!folded.ok) return giveUp(io, folded.failure)
  print(
    io,
    `${id}: ${verified.entries.length} events, every hash and the chain are right, and they replay (${folded.value.status}).`,
  )
  print(io, `head ${verified.head}`)
  if (verified.torn > 0)
    say(io, `The last line is torn (${verified.torn} bytes, from a crash); resume cuts it off.`)
  return EXIT.done
}

/** The verified lines, as they stand in the file. */
export const journalCat = async (io: Io, said: string, options: Global): Promise<ExitCode> => {
  const found = await open(io, said, options)
  if ('exit' in found) return found.exit
  for (const line of found.verified.lines) print(io, line)
  return EXIT.done
}

const open = async (io: Io, said: string, options: Global) => {
  const found = await named(io, said, options)
  if ('exit' in found) return found
  const verified = await readRecord(found.paths, found.id)
  return verified.ok ? { id: found.id, verified: verified.value } : { exit: giveUp(io, verified.failure) }
}
