import { read } from '../../hosts/lines/read.js'
import { isAttended } from './host.js'
import type { Io } from './io.js'

/** As said, else asked for until it fits; undefined where nobody is there, or nobody answers. */
export const answerFor = async (
  io: Io,
  said: string | undefined,
  question: string,
  problem: (text: string) => string | undefined,
): Promise<string | undefined> => {
  if (said !== undefined || !isAttended(io, false)) return said
  return read(io, new AbortController().signal, question, text => {
    const wrong = problem(text.trim())
    return wrong === undefined ? { value: text.trim() } : wrong
  })
}
