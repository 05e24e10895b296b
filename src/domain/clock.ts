/**
 * The injected clock. All time-outs, back-offs, waits and measured round trips read it; nothing else
 * does. In a drill it is virtual: time moves only when no I/O is open and every task waits on a timer.
 */
export type Clock = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Resolves `fired` after that many milliseconds, or `aborted` when the signal aborts first. Never rejects. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<'fired' | 'aborted'>
  /** Holds the clock while that promise is open. Every promise that is settled from outside goes through here. */
  readonly io: <T>(promise: Promise<T>) => Promise<T>
}
