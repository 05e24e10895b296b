import type { Clock } from '../../domain/clock.js'

/** No row takes longer than that, in milliseconds. */
const ROW_MS = 5_000

/** What it comes to, or that in its place when the time is over. What hangs goes on hanging, and nobody waits for it. */
export const inTime = async <T, L>(
  { sleep }: Pick<Clock, 'sleep'>,
  work: Promise<T>,
  late: L,
  ms = ROW_MS,
): Promise<T | L> => {
  const timer = new AbortController()
  const first = await Promise.race([work, sleep(ms, timer.signal).then(() => late)])
  timer.abort()
  return first
}
