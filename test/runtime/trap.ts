/** Where a process can be killed, by name. An armed trap never lets go: what waits in it is dead. */
export type Trap = {
  readonly pass: (point: string) => Promise<void>
  /** Every point that was passed, in order. */
  readonly passed: readonly string[]
  /** Resolves when the armed point was reached. */
  readonly killed: Promise<'killed'>
  /** What the system finishes even for a dead process: a write that was handed to it. */
  readonly handOver: <T>(work: Promise<T>) => Promise<T>
  readonly settled: () => Promise<unknown>
}

/** Armed at the n-th pass of that point; without one it only remembers. */
export const createTrap = (at?: number): Trap => {
  const passed: string[] = []
  let kill: (how: 'killed') => void = () => {}
  const killed = new Promise<'killed'>(resolve => {
    kill = resolve
  })
  const handed: Promise<unknown>[] = []
  return {
    passed,
    killed,
    handOver: work => {
      handed.push(work)
      return work
    },
    settled: () => Promise.all(handed),
    pass: point => {
      if (passed.length === at) {
        kill('killed')
        return new Promise(() => {})
      }
      if (at === undefined || passed.length < at) passed.push(point)
      return Promise.resolve()
    },
  }
}
