import type { Clock } from '../../src/domain/clock.js'

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
