import { describe, expect, it } from 'vitest'
import type { Expectation } from '../../src/testing/test-file.js'
import { differences, type Played } from '../../src/testing/verdict.js'

const PLAYED: Played = {
  outcome: 'resolved',
  because: 'calm: yes',
  steps: { survey: 'failed', replace: 'applied', pause: 'visited' },
  measures: { instances_leaked: 0, minutes: 4.5, seconds_to_relief: null },
  covered: [],
  timeline: [],
}

const wrong = (expected: Partial<Expectation>) => differences({ steps: {}, score: {}, ...expected }, PLAYED)

describe('what came out otherwise than expected', () => {
  it('is nothing where all of it came out', () => {
    expect(
      wrong({
        outcome: 'resolved',
        steps: { survey: 'failed', replace: 'visited', stuck: 'not-visited' },
        score: { instances_leaked: 0, minutes: { min: 4, max: 4.5 }, seconds_to_relief: null },
      }),
    ).toEqual([])
    expect(wrong({})).toEqual([])
  })

  it.each<[Partial<Expectation>, string]>([
    [{ outcome: 'mitigated' }, 'outcome: resolved (calm: yes), not mitigated'],
    [{ steps: { survey: 'passed' } }, 'survey: failed, not passed'],
    [{ steps: { stuck: 'visited' } }, 'stuck: not-visited, not visited'],
    [{ steps: { replace: 'not-visited' } }, 'replace: applied, not not-visited'],
    [{ score: { instances_leaked: 1 } }, 'score.instances_leaked: 0, not 1'],
    [{ score: { minutes: { min: 5 } } }, 'score.minutes: 4.5, not at least 5'],
    [{ score: { minutes: { max: 4 } } }, 'score.minutes: 4.5, not at most 4'],
    [{ score: { seconds_to_relief: 10 } }, 'score.seconds_to_relief: none, not 10'],
    [{ score: { seconds_to_relief: { max: 10 } } }, 'score.seconds_to_relief: none, not at most 10'],
    [{ score: { minutes: null } }, 'score.minutes: 4.5, not none'],
  ])('%j is said as: %s', (expected, words) => {
    expect(wrong(expected)).toEqual([words])
  })
})
