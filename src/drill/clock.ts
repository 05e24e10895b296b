import type { Clock } from '../domain/clock.js'
import { drivenInstantly } from './clock/instant.js'
import { drivenByRealTime } from './clock/paced.js'
import { createTimerQueue } from './clock/timer-queue.js'

/** `instant`: as fast as the machine can. A number: that many virtual seconds per real one. */
export type Pace = 'instant' | number

export type VirtualClock = Clock & {
  /**
   * For an endpoint that delays its reply until that virtual time: the request it answers does not hold
   * the clock meanwhile. Parked replies due together wake in the order of their keys, whatever the order
   * in which the requests happened to arrive. Until infinity: there is no reply, and only the signal ends it.
   */
  readonly park: (
    until: number,
    options?: { readonly key?: string; readonly signal?: AbortSignal },
  ) => Promise<'fired' | 'aborted'>
  /** Holds the clock until the returned function is called; further calls of it change nothing. */
  readonly hold: () => () => void
  /** Drops every timer. What still sleeps then never wakes, and nothing keeps the process alive. */
  readonly stop: () => void
}

/**
 * A clock that starts at `start` (milliseconds since 1970). Wrap each exchange with the outside in `io`
 * exactly once: an `io` around an `io`, or around a `sleep`, holds the clock for ever.
 */
export const createVirtualClock = (options: { readonly start: number; readonly pace: Pace }): VirtualClock => {
  const queue = createTimerQueue()
  const driver =
    options.pace === 'instant'
      ? drivenInstantly(queue, options.start)
      : drivenByRealTime(queue, options.start, options.pace)
  let open = 0
  let parked = 0
  const count = (opened: number, parkedNow: number): void => {
    open += opened
    parked += parkedNow
    driver.changed(open - parked > 0)
  }
  const wait = (at: number, key: string, signal: AbortSignal | undefined, parking: 0 | 1) =>
    new Promise<'fired' | 'aborted'>(resolve => {
      if (signal?.aborted) return resolve('aborted')
      const end = (how: 'fired' | 'aborted'): void => {
        signal?.removeEventListener('abort', abort)
        count(0, -parking)
        resolve(how)
      }
      const timer = at === Number.POSITIVE_INFINITY ? undefined : queue.add(at, key, () => end('fired'))
      const abort = (): void => {
        if (timer === undefined || queue.remove(timer)) end('aborted')
      }
      signal?.addEventListener('abort', abort)
      count(0, parking)
    })
  const hold = (): (() => void) => {
    count(1, 0)
    let held = true
    return () => {
      if (held) count(-1, 0)
      held = false
    }
  }
  return {
    now: driver.now,
    sleep: (ms, signal) => wait(driver.now() + Math.max(0, ms), '', signal, 0),
    park: (until, how) => wait(until, how?.key ?? '', how?.signal, 1),
    hold,
    io: async promise => {
      const release = hold()
      try {
        return await promise
      } finally {
        release()
      }
    },
    stop: () => {
      queue.clear()
      driver.stop()
    },
  }
}
