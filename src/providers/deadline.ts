import type { Clock } from '../domain/clock.js'

export type Deadline = {
  /** Resolves when it is over. */
  readonly late: Promise<undefined>
  /** Who has what it waited for leaves; with the last one the timer goes. */
  readonly leave: () => void
}

type Timer = { readonly late: Promise<undefined>; readonly cancel: () => void; waiting: number }

/** By the moment at which they are over. */
const timers = new WeakMap<Clock, Map<number, Timer>>()

/** So many milliseconds from now. Hundreds of proxies are asked at once: whose time is over together share a timer. */
export const deadlineIn = (clock: Clock, ms: number): Deadline => {
  const open = timers.get(clock) ?? new Map<number, Timer>()
  timers.set(clock, open)
  const at = clock.now() + ms
  const timer = open.get(at) ?? startTimer(clock, ms)
  open.set(at, timer)
  timer.waiting += 1
  return {
    late: timer.late,
    leave: () => {
      timer.waiting -= 1
      if (timer.waiting > 0) return
      open.delete(at)
      timer.cancel()
    },
  }
}

const startTimer = (clock: Clock, ms: number): Timer => {
  const signal = new AbortController()
  const late = clock.sleep(ms, signal.signal).then(() => undefined)
  // Without a reason of ours a DOMException would be made.
  return { late, cancel: () => signal.abort('answered'), waiting: 0 }
}
