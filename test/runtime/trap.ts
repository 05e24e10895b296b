/** Where a process can be killed, by name. An armed trap never lets go: what waits in it is dead. */
export type Trap = {
  readonly pass: (point: string) => Promise<void>
  /** Every point that was passed, in order. */
  readonly passed: readonly string[]
  /** Resolves when the armed point was reached. */
  readonly killed: Promise<'killed'>
  /** What the system finishes even for a dead process: the writes that were handed to it, and then its files are closed. */
  readonly leaves: (finish: () => Promise<void>) => void
  readonly settled: () => Promise<unknown>
}

/** Armed at the n-th pass of that point; without one it only remembers. */
export const createTrap = (at?: number): Trap => {
  const passed: string[] = []
  let kill: (how: 'killed') => void = () => {}
  const killed = new Promise<'killed'>(resolve => {
    kill = resolve
  })
  const left: (() => Promise<void>)[] = []
  return {
    passed,
    killed,
    leaves: finish => left.push(finish),
    settled: () => Promise.all(left.map(finish => finish())),
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
