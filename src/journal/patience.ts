/** How long a disk may take for one append. Longer is a failure: nothing is done that cannot be written down. */
export const PATIENCE_MS = 5_000

/** Calls back after that many milliseconds of real time, in a drill too: a disk knows no other. Returns how to call it off. */
export type Timer = (ms: number, fire: () => void) => () => void

export const realTimer: Timer = (ms, fire) => {
  const timer = setTimeout(fire, ms)
  return () => clearTimeout(timer)
}

/** Tells work of several steps that nobody waits for it any more. */
export type IsLate = () => boolean

/** The work's own result or error, or `late` where it takes too long; what it comes to after that is ignored. */
export const inTime = <T>(timer: Timer, work: (isLate: IsLate) => Promise<T>): Promise<T | 'late'> =>
  new Promise((resolve, reject) => {
    let late = false
    const callOff = timer(PATIENCE_MS, () => {
      late = true
      resolve('late')
    })
    work(() => late)
      .finally(callOff)
      .then(resolve, reject)
  })
