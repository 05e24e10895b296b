import { describe, expect, it } from 'vitest'
import { type Basis, type Course, lookedAgain } from '../../src/actions/proxy-replace/course.js'
import type { Sight } from '../../src/actions/proxy-replace/ops/survey.js'

const BASIS: Basis = { named: ['i-1', 'i-2', 'i-3', 'i-4'], hot: { 'i-1': 'hot', 'i-2': 'hot', 'i-4': 'hot' } }
const COURSE: Course = { todo: ['i-2', 'i-3'], later: ['i-4'], dropped: [], found: [] }

/** Those that are hot, of those that answer. */
const sight = (hot: readonly string[], more: Partial<Sight> = {}): Sight => ({
  hot: Object.fromEntries(hot.map(id => [id, 'hot'])),
  seen: ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6'],
  ours: [],
  ...more,
})

const CASES: readonly [what: string, before: Partial<Course>, now: Sight, after: Partial<Course>][] = [
  ['all that was hot still is', {}, sight(['i-2', 'i-4']), {}],
  ['one has cooled', {}, sight(['i-4']), { todo: ['i-3'], dropped: ['i-2'] }],
  ['one of a later plan has cooled', {}, sight(['i-2']), { later: [], dropped: ['i-4'] }],
  ['what was named by hand and was never hot is not', {}, sight(['i-2', 'i-4']), { todo: ['i-2', 'i-3'] }],
  ['one that was hot does not answer now', {}, sight(['i-4'], { seen: ['i-1', 'i-3', 'i-4'] }), {}],
  ['another one is newly hot', {}, sight(['i-6', 'i-2', 'i-4']), { found: ['i-6'] }],
  ['one was newly hot, and has cooled', { found: ['i-6'] }, sight(['i-2', 'i-4']), { found: [] }],
  ['one is hot that this incident launched', {}, sight(['i-2', 'i-4', 'i-9'], { ours: ['i-9'] }), {}],
  [
    'one that was dropped is hot again',
    { todo: ['i-3'], dropped: ['i-2'] },
    sight(['i-2', 'i-4']),
    { todo: ['i-3'], dropped: [], found: ['i-2'] },
  ],
]

describe('a look between two replacements, where', () => {
  it.each(CASES)('%s', (_what, before, now, after) => {
    expect(lookedAgain({ ...COURSE, ...before }, BASIS, now)).toEqual({ ...COURSE, ...after })
  })

  it('one was hot already when the plan was made, and nobody named it: it is not proposed', () => {
    const basis = { ...BASIS, hot: { ...BASIS.hot, 'i-5': 'hot' } }
    expect(lookedAgain(COURSE, basis, sight(['i-2', 'i-4', 'i-5'])).found).toEqual([])
  })

  it('nothing is ever added to what was agreed to', () => {
    const now = sight(['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6'])
    const { todo, later } = lookedAgain(COURSE, BASIS, now)
    expect([...todo, ...later]).toEqual(['i-2', 'i-3', 'i-4'])
  })
})
