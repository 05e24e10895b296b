import type { Driver } from './instant.js'
import type { TimerQueue } from './timer-queue.js'

/**
 * Open I/O stops the clock for at most this much real time. Without it, a drill at speed 60 would see
 * every loopback round trip sixty times too long; with no end to it, a person's thinking would be free.
 */
const IO_GRACE_MS = 1_000

/** A Node timer cannot wait longer; a wake-up that comes too early just waits again. */
const LONGEST_WAIT_MS = 2 ** 30

/** Real time times `speed`, for a person who plays. */
export const drivenByRealTime = (queue: TimerQueue, start: number, speed: number): Driver => {
  let virtual = start
  let since = performance.now()
  let held = false
  let wakeUp: NodeJS.Timeout | undefined
  let stopped = false

  const graceLeft = (): number => (held ? Math.max(0, IO_GRACE_MS - (performance.now() - since)) : 0)
  const exact = (): number => {
    const running = performance.now() - since - (held ? IO_GRACE_MS : 0)
    return virtual + Math.max(0, running) * speed
  }
  const schedule = (): void => {
    clearTimeout(wakeUp)
    wakeUp = undefined
    const timer = queue.next()
    if (timer === undefined || stopped) return
    const wait = graceLeft() + Math.max(0, timer.at - exact()) / speed
    wakeUp = setTimeout(wake, Math.min(Math.ceil(wait), LONGEST_WAIT_MS))
  }
  const wake = (): void => {
    const timer = queue.next()
    if (timer !== undefined && timer.at <= exact()) {
      queue.remove(timer)
      timer.fire()
    }
    schedule()
  }
  return {
    now: () => Math.floor(exact()),
    changed: isHeld => {
      if (isHeld !== held) {
        virtual = exact()
        since = performance.now()
        held = isHeld
      }
      schedule()
    },
    stop: () => {
      stopped = true
      clearTimeout(wakeUp)
    },
  }
}
