/** One proxy's count. `fill` is how full its fullest frontend is, 0 to 1; 0 where no limit is known. */
export type Seen = {
  readonly id: string
  readonly connections: number
  readonly limit?: number
  readonly fill: number
}
export type Hot = Seen & { readonly because: string }

/** Robust standard deviations above the median that make an outlier (Iglewicz and Hoaglin suggest 3.5; more, because counts drift). */
const DEVIATIONS = 5
/** Makes the median absolute deviation comparable with a standard deviation of normal data. */
const MAD_TO_SIGMA = 1.4826
/** Nobody is an outlier by less than this times the median: with near-equal peers the deviation is almost nothing. */
const NOTEWORTHY = 1.5
/** A frontend this full refuses clients soon. */
const NEAR_LIMIT = 0.8
/** An even surge makes no outliers: this times the calm baseline is hot. */
const ABOVE_BASELINE = 2

/** The hot ones, hottest first: outliers among peers, near their own limit, or far above the stored baseline. */
export const compare = (seen: readonly Seen[], baseline: number | undefined): readonly Hot[] => {
  const counts = seen.map(({ connections }) => connections)
  const middle = median(counts)
  const spread = MAD_TO_SIGMA * median(counts.map(value => Math.abs(value - middle)))
  const sigma = Math.max(spread, Math.sqrt(Math.max(1, middle))) // counts of a few differ by chance (Poisson) alone
  return seen
    .flatMap(proxy => {
      const because = reason(proxy, middle, sigma, baseline)
      return because === undefined ? [] : [{ ...proxy, because }]
    })
    .sort((a, b) => b.connections - a.connections || (a.id < b.id ? -1 : 1))
}

const reason = (
  proxy: Seen,
  middle: number,
  sigma: number,
  baseline: number | undefined,
): string | undefined => {
  const { connections, fill } = proxy
  if (connections > middle + DEVIATIONS * sigma && connections > middle * NOTEWORTHY)
    return `${(connections / Math.max(1, middle)).toFixed(1)} times the median`
  if (fill >= NEAR_LIMIT) return `${Math.round(fill * 100)} % of its limit`
  // A baseline of nothing is no measure: everything is far above it, nothing included.
  if (baseline !== undefined && baseline > 0 && connections >= baseline * ABOVE_BASELINE)
    return `${(connections / baseline).toFixed(1)} times the calm baseline`
  return undefined
}

/** Middle value; 0 for none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2
}
