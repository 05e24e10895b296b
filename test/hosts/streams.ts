import { PassThrough } from 'node:stream'
import { toInstant } from '../../src/domain/instant.js'
import { EMPTY } from '../../src/engine/state.js'
import type { Notice, Streams } from '../../src/hosts/contract.js'
import { stamp } from '../engine/histories.js'

export type TestStreams = Streams & {
  /** What was written so far. */
  readonly said: { readonly out: () => string; readonly err: () => string }
}

/** Streams that a test reads and types into; no terminal. */
export const testStreams = (): TestStreams => {
  const [input, out, err] = [new PassThrough(), new PassThrough(), new PassThrough()]
  err.end = () => err // as the process's own stderr, which what is piped into it never ends
  const written = (stream: PassThrough): (() => string) => {
    let text = ''
    stream.on('data', chunk => {
      text += String(chunk)
    })
    return () => text
  }
  return {
    // A pass-through has all of a terminal's streams that a host without a terminal uses.
    ...({ input, out, err } as unknown as Streams),
    said: { out: written(out), err: written(err) },
  }
}

export const notice = (draft: Parameters<typeof stamp>[0], line = ''): Notice => ({
  event: { ...stamp(draft), at: toInstant(Date.UTC(2026, 10, 23, 3, 12, 9)) },
  line,
  state: EMPTY,
})
