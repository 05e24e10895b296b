import type { StepDraft } from '../draft.js'

/** The way that a search took to a step, as its ids. */
export const wayTo = (
  rows: readonly Pick<StepDraft, 'id'>[],
  from: ReadonlyMap<number, number | undefined>,
  place: number,
): readonly string[] => {
  const way: string[] = []
  for (let at: number | undefined = place; at !== undefined; at = from.get(at)) way.push(`\`${rows[at]?.id}\``)
  return way.reverse()
}

const MOST_STEPS = 6

/** A way for people; a long one without its middle. */
export const wayWords = (way: readonly string[]): string =>
  (way.length <= MOST_STEPS ? way : [...way.slice(0, 2), '…', ...way.slice(-3)]).join(' → ')
