import type { Clock } from '../domain/clock.js'

type Sources = {
  /** Milliseconds since 1970, as the machine believes. */
  readonly wall: () => number
  /** Milliseconds since whenever; never steps. */
  readonly steady: () => number
}

const MACHINE: Sources = { wall: () => Date.now(), steady: () => performance.now() }

/**
 * Real time, for a real fleet: wall time at the start, and from there the time that really passed, so that a clock
 * that is set right meanwhile neither fires a timer early nor holds one up. It starts no earlier than `since`, the
 * last that an incident's journal knows: what was to wait for two minutes waits for two, on whatever machine.
 * Where it stops being true: while a machine is suspended, this time stands still.
 */
export const createSystemClock = (since = 0, { wall, steady }: Sources = MACHINE): Clock => {
  const start = Math.max(wall(), since)
  const from = steady()
  return {
    now: () => Math.trunc(start + steady() - from),
    sleep,
    // I/O needs no holding here: time moves on its own.
    io: promise => promise,
  }
}

const sleep: Clock['sleep'] = (ms, signal) =>
  new Promise(resolve => {
    if (signal?.aborted) return resolve('aborted')
    const abort = () => {
      clearTimeout(timer)
      resolve('aborted')
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve('fired')
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
