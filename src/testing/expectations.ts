import { everyStep, type Runbook, type Step } from '../domain/runbook.js'
import type { Diagnostic } from '../source/diagnostic.js'
import { nodeAt, type Path } from '../source/node.js'
import { finding, keyAt, type Place, thereAre } from './finding.js'
import type { Expectation, TestFile } from './test-file.js'

/** What is expected and shows nothing, whatever the runbook: nothing at all, or a score that all or none can have. */
export const idleExpectations = (place: Place, { cases }: TestFile): readonly Diagnostic[] =>
  cases.flatMap(({ expect }, index) => [
    ...nothingExpected(place, ['cases', index], expect),
    ...idleBounds(place, ['cases', index, 'expect', 'score'], expect.score),
  ])

const nothingExpected = (
  place: Place,
  base: Path,
  { outcome, steps, score }: Expectation,
): readonly Diagnostic[] => {
  if (outcome !== undefined || Object.keys(steps).length > 0 || Object.keys(score).length > 0) return []
  const message = 'the case expects nothing: it passes whatever comes out'
  return [
    finding(
      place,
      keyAt(place, base, 'expect'),
      'test-expects-nothing',
      message,
      'give an outcome, steps or a score',
    ),
  ]
}

const idleBounds = (place: Place, path: Path, score: Expectation['score']): readonly Diagnostic[] =>
  Object.entries(score).flatMap(([name, bound]) => {
    if (bound === null || typeof bound === 'number') return []
    const { min, max } = bound
    const at = nodeAt(place.root, [...path, name])
    if (min === undefined && max === undefined)
      return [
        finding(
          place,
          at,
          'test-idle-bounds',
          `any \`${name}\` is within these bounds`,
          'give min, max or both',
        ),
      ]
    if (min === undefined || max === undefined || min <= max) return []
    const message = `no \`${name}\` is at least ${min} and at most ${max}`
    return [finding(place, at, 'test-idle-bounds', message, 'exchange min and max')]
  })

/** Outcomes that a step of that kind never has, so that the case could never pass. */
export const impossibleOutcomes = (
  place: Place,
  path: Path,
  expected: Expectation['steps'],
  { steps }: Pick<Runbook, 'steps'>,
): readonly Diagnostic[] =>
  everyStep(steps).flatMap(({ id, kind }) => {
    const wanted = Object.hasOwn(expected, id) ? expected[id] : undefined
    const possible = [...(BY_KIND[kind] ?? OTHERWISE), ...ALWAYS]
    if (wanted === undefined || possible.includes(wanted)) return []
    const at = nodeAt(place.root, [...path, id])
    const message = `\`${id}\` never comes out as \`${wanted}\`: it is a step of the kind ${kind}`
    return [finding(place, at, 'test-impossible-outcome', message, thereAre(possible))]
  })

type Outcome = Expectation['steps'][string]

const BY_KIND: { readonly [K in Step['kind']]?: readonly Outcome[] } = {
  check: ['passed', 'failed', 'inconclusive'],
  action: ['applied', 'failed', 'declined', 'refused', 'unchanged', 'would-change', 'inconclusive'],
  ask: ['answered', 'failed'], // where a text of it needs what is not known
  manual: ['done', 'failed', 'would-change'],
}
const OTHERWISE: readonly Outcome[] = ['done', 'failed', 'would-change', 'inconclusive']
const ALWAYS: readonly Outcome[] = ['undone', 'skipped', 'visited', 'not-visited']
