/** Does one thing after the other, in the order in which they came; what fails holds nobody up. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>

export const createQueue = (): Queue => {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}
