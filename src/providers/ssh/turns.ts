/** At most so many at once; the others wait for their turn, in order. */
export const turns = (width: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let busy = 0
  const waiting: (() => void)[] = []
  return async work => {
    if (busy >= width) await new Promise<void>(go => waiting.push(go))
    else busy += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else busy -= 1
    }
  }
}
