/** What tests of a file have left for its end: modules live on from file to file, and so cannot wait for one themselves. */
const left: (() => unknown)[] = []

export const atEndOfFile = (clear: () => unknown): void => {
  left.push(clear)
}

/** The last first: what was made later may stand in what was made before. */
export const clearLeftovers = async (): Promise<void> => {
  for (const clear of left.splice(0).reverse()) await clear()
}
