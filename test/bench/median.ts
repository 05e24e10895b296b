/** Median of the quotients of measurements in pairs, a b a b …: machines are noisy, neighbours in time are not. */
export const medianRatio = async (
  a: () => Promise<number>,
  b: () => Promise<number>,
  pairs: number,
): Promise<number> => {
  await a() // outputs are compared, and caches warmed, before anything is timed
  await b()
  const ratios: number[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const first = await a()
    ratios.push(first / (await b()))
  }
  return median(ratios)
}

export const median = (values: readonly number[]): number =>
  values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? Number.NaN
