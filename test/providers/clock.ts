import type { Clock } from '../../src/domain/clock.js'
import { createVirtualClock } from '../../src/drill/clock.js'

export type TestClock = Clock & {
  /** Every sleep that was asked for, in milliseconds. */
  readonly slept: readonly number[]
  /** Promises that `io` holds open now. */
  readonly open: () => number
}

/** A clock that runs `speed` times as fast as the wall's, and remembers what it was asked. */
export const fastClock = (speed = 1): TestClock => {
  const start = performance.now()
  const slept: number[] = []
  let open = 0
  return {
    slept,
    open: () => open,
    now: () => 1_800_000_000_000 + (performance.now() - start) * speed,
    sleep: (ms, signal) => {
      slept.push(ms)
      return new Promise(resolve => {
        const timer = setTimeout(() => resolve('fired'), ms / speed)
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve('aborted')
        })
      })
    },
    io: async promise => {
      open += 1
      try {
        return await promise
      } finally {
        open -= 1
      }
    },
  }
}

/**
 * A clock that stands still while anything is open and jumps when everything waits: no answer is ever late.
 * For servers that always answer; one that stalls would hold it for ever.
 */
export const jumpingClock = (): TestClock => {
  const clock = createVirtualClock({ start: 1_800_000_000_000, pace: 'instant' })
  const slept: number[] = []
  let open = 0
  return {
    slept,
    open: () => open,
    now: clock.now,
    sleep: (ms, signal) => {
      slept.push(ms)
      return clock.sleep(ms, signal)
    },
    io: async promise => {
      open += 1
      try {
        return await clock.io(promise)
      } finally {
        open -= 1
      }
    },
  }
}
