import type { Stop } from './stop.js'

/**
 * What looking came to; undefined where a stop was asked for first. A look changes nothing, so nobody has to wait
 * for one that hangs: what it still finds is not heard. Never for an op in flight, which would be left in doubt.
 */
export const untilStopped = async <T>(
  { signal }: Pick<Stop, 'signal'>,
  looking: Promise<T>,
): Promise<T | undefined> => {
  let unhook = () => {}
  const stopped = new Promise<undefined>(resolve => {
    const stop = () => resolve(undefined)
    unhook = () => signal.removeEventListener('abort', stop)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([looking, stopped])
  } finally {
    unhook()
  }
}
