/** At least one circle of every knot of circles, each from the node that comes first on the way. */
export const circlesOf = (
  exits: readonly (readonly number[])[],
  from: readonly number[],
): readonly number[][] => {
  const circles: number[][] = []
  const seen = new Set<number>()
  const way = [{ place: -1, left: [...from] }] // from no node at all to each that a way may begin with
  for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
    const exit = last.left.shift()
    if (exit === undefined) way.pop()
    else if (!seen.has(exit)) {
      seen.add(exit)
      way.push({ place: exit, left: [...(exits[exit] ?? [])] })
    } else {
      const back = way.findIndex(({ place }) => place === exit)
      if (back !== -1) circles.push(way.slice(back).map(({ place }) => place))
    }
  }
  return circles
}
