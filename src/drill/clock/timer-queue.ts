type Timer = {
  readonly at: number
  readonly key: string
  readonly order: number
  readonly fire: () => void
}

export type TimerQueue = {
  readonly add: (at: number, key: string, fire: () => void) => Timer
  /** False where the timer has fired or was removed before. */
  readonly remove: (timer: Timer) => boolean
  readonly next: () => Timer | undefined
  readonly clear: () => void
}

/** Timers by time, then by key, then in the order in which they were added. */
export const createTimerQueue = (): TimerQueue => {
  const timers: Timer[] = []
  let added = 0
  return {
    add: (at, key, fire) => {
      const timer = { at, key, order: added++, fire }
      const place = timers.findIndex(other => comesBefore(timer, other))
      timers.splice(place === -1 ? timers.length : place, 0, timer)
      return timer
    },
    remove: timer => {
      const place = timers.indexOf(timer)
      if (place !== -1) timers.splice(place, 1)
      return place !== -1
    },
    next: () => timers[0],
    clear: () => {
      timers.length = 0
    },
  }
}

const comesBefore = (a: Timer, b: Timer): boolean => {
  if (a.at !== b.at) return a.at < b.at
  return a.key === b.key ? a.order < b.order : a.key < b.key
}
