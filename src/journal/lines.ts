import { closeSync, openSync, readSync } from 'node:fs'

const NEWLINE = 0x0a
/** What is held of a file at a time: a journal of days is read as cheaply as one of minutes. */
const CHUNK = 1 << 18

const NOTHING: Buffer = Buffer.alloc(0)

type Splitter = {
  /** The lines that this chunk completes, without their newlines. */
  readonly push: (chunk: Buffer) => readonly Buffer[]
  /** What stands after the last newline. */
  readonly rest: () => Buffer
}

export const createSplitter = (): Splitter => {
  let rest = NOTHING
  const push = (chunk: Buffer): readonly Buffer[] => {
    const lines: Buffer[] = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = chunk.subarray(start, end)
      lines.push(rest.length === 0 ? line : Buffer.concat([rest, line]))
      if (rest.length > 0) rest = NOTHING
      start = end + 1
    }
    // A copy: the chunk is read into again.
    rest = Buffer.concat([rest, chunk.subarray(start)])
    return lines
  }
  return { push, rest: () => rest }
}

/** Every chunk of a file's first bytes, in one buffer: it is good until the next one is asked for. */
export function* chunksOf(path: string, bytes = Number.POSITIVE_INFINITY): Generator<Buffer> {
  const buffer = Buffer.alloc(CHUNK)
  const file = openSync(path, 'r')
  try {
    for (let left = bytes; left > 0; ) {
      const read = readSync(file, buffer, 0, Math.min(CHUNK, left), null)
      if (read === 0) return
      left -= read
      yield buffer.subarray(0, read)
    }
  } finally {
    closeSync(file)
  }
}

/** The lines of a file's first bytes, read again whenever somebody goes through them, and held by nobody. */
export const linesOf = (path: string, bytes: number): Iterable<string> => ({
  [Symbol.iterator]: () => readLines(path, bytes),
})

function* readLines(path: string, bytes: number): Generator<string> {
  const splitter = createSplitter()
  for (const chunk of chunksOf(path, bytes))
    for (const line of splitter.push(chunk)) yield line.toString('utf8')
}
