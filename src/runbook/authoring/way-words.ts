import type { StepDraft } from '../draft.js'

const MOST_STEPS = 6

/** The way that a search took to a step, as its ids; a long one without its middle. */
export const wayWords = (
  rows: readonly Pick<StepDraft, 'id'>[],
  from: ReadonlyMap<number, number | undefined>,
  place: number,
): string => {
  const way: string[] = []
  for (let at: number | undefined = place; at !== undefined; at = from.get(at)) way.push(`\`${rows[at]?.id}\``)
  way.reverse()
  const shown = way.length <= MOST_STEPS ? way : [...way.slice(0, 2), '…', ...way.slice(-3)]
  return shown.join(' → ')
}
