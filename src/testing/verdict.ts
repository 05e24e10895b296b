import type { Expectation } from './test-file.js'

/** How a drill came out, as its journal and its world have it. */
export type Played = {
  /** Of the incident, or `paused` with the reason why. */
  readonly outcome: string
  readonly because: string
  /** The last outcome of each step, those inside others too; `visited` where no visit has one. */
  readonly steps: { readonly [id: string]: string }
  readonly measures: { readonly [name: string]: number | null }
  /** Of what `toCover` lists. */
  readonly covered: readonly string[]
  /** For whoever reads why a case failed. */
  readonly timeline: readonly string[]
}

/** What came out otherwise than expected, in words; none where the case passes. */
export const differences = (expect: Expectation, played: Played): readonly string[] => [
  ...(expect.outcome === undefined || expect.outcome === played.outcome
    ? []
    : [`outcome: ${played.outcome} (${played.because}), not ${expect.outcome}`]),
  ...Object.entries(expect.steps).flatMap(([id, wanted]) => stepDifference(id, wanted, played.steps[id])),
  ...Object.entries(expect.score).flatMap(([name, wanted]) =>
    within(wanted, played.measures[name])
      ? []
      : [`score.${name}: ${played.measures[name] ?? 'none'}, not ${wordsFor(wanted)}`],
  ),
]

const stepDifference = (id: string, wanted: string, found: string | undefined): readonly string[] => {
  const is = found ?? 'not-visited'
  const same = wanted === 'visited' ? found !== undefined : is === wanted
  return same ? [] : [`${id}: ${is}, not ${wanted}`]
}

type Bound = Expectation['score'][string]

const within = (wanted: Bound, found: number | null | undefined): boolean => {
  if (wanted === null || typeof wanted === 'number') return found === wanted
  if (typeof found !== 'number') return false
  return found >= (wanted.min ?? Number.NEGATIVE_INFINITY) && found <= (wanted.max ?? Number.POSITIVE_INFINITY)
}

const wordsFor = (wanted: Bound): string => {
  if (wanted === null) return 'none'
  if (typeof wanted === 'number') return `${wanted}`
  const { min, max } = wanted
  return [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(' and ')
}
