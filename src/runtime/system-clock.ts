import type { Clock } from '../domain/clock.js'

/** Real time, for a real fleet. I/O needs no holding here: time moves on its own. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
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
    }),
  io: promise => promise,
}
