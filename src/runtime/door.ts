/** Does one thing after the other, in the order in which they came; what fails holds nobody up. */
export type Door = <T>(work: () => Promise<T>) => Promise<T>

/**
 * The door of an incident: one op at a time is let in, whichever step it is of, so that each sees what the one
 * before it takes away.
 */
export const createDoor = (): Door => {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}
