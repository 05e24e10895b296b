import type { TimerQueue } from './timer-queue.js'

/** Moves virtual time. `changed` is told of every change of the queue and of whether I/O holds the clock. */
export type Driver = {
  readonly now: () => number
  readonly changed: (held: boolean) => void
  readonly stop: () => void
}

/**
 * Turns of the event loop without any change, before time moves: microtasks have run by then, and a
 * socket that one side closed has told the other side.
 */
const QUIET_TURNS = 4

/** Longer than any process lives, shorter than the limit of a Node timer. */
const NEVER_MS = 2 ** 30

/** Jumps to the earliest timer whenever nothing holds the clock; one timer at a time. */
export const drivenInstantly = (queue: TimerQueue, start: number): Driver => {
  let now = start
  let held = false
  let quietTurns = 0
  let turn: NodeJS.Immediate | undefined
  let keepAlive: NodeJS.Timeout | undefined
  let stopped = false

  const schedule = (): void => {
    if (stopped) return
    const waiting = queue.next() !== undefined
    if (waiting) keepAlive ??= setInterval(() => undefined, NEVER_MS)
    else {
      clearInterval(keepAlive)
      keepAlive = undefined
    }
    if (waiting && !held) turn ??= setImmediate(quietTurn)
  }
  const quietTurn = (): void => {
    turn = undefined
    quietTurns += 1
    const timer = queue.next()
    if (timer !== undefined && !held && quietTurns > QUIET_TURNS) {
      quietTurns = 0
      now = Math.max(now, timer.at)
      queue.remove(timer)
      timer.fire()
    }
    schedule()
  }
  return {
    now: () => now,
    changed: isHeld => {
      held = isHeld
      quietTurns = 0
      schedule()
    },
    stop: () => {
      stopped = true
      clearInterval(keepAlive)
      clearImmediate(turn)
    },
  }
}
