import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { ActionSpec } from '../../src/actions/contract.js'
import { defineAction } from '../../src/actions/contract.js'
import { actions } from '../../src/actions/registry.js'
import { missingIn, problemWith, typedFor, valuesFor } from '../../src/commands/support/do/arguments.js'
import { runbookOf } from '../../src/commands/support/do/one-action.js'
import type { JsonObject } from '../../src/domain/json.js'
import type { Result } from '../../src/domain/result.js'
import { duration } from '../../src/fleet/schema-values.js'

/** One key of every kind that an action may have. */
const spec = defineAction({
  name: 'test.all',
  summary: 'Takes one of everything',
  input: z.strictObject({
    ids: z.array(z.string()).min(1),
    counts: z.array(z.int()).optional(),
    text: z.string().optional(),
    count: z.int().min(1).optional(),
    dry: z.boolean().optional(),
    after: duration.prefault('10s'),
    way: z.enum(['up', 'down']).optional(),
    parts: z.record(z.string(), z.int()).optional(),
    some: z.union([z.literal('all'), z.array(z.string())]).optional(),
  }),
  output: z.object({}),
  needs: [],
  permissions: [],
  load: async () => {
    throw new Error('never loaded here')
  },
}) as unknown as ActionSpec // as the registry takes it

const given = (...pairs: string[]): Result<JsonObject> => {
  const typed = typedFor(spec, ['ids=a', ...pairs])
  return typed.ok ? valuesFor(spec, typed.value) : typed
}

const value = (...pairs: string[]): JsonObject => {
  const got = given(...pairs)
  if (!got.ok) throw new Error(got.failure.message)
  return got.value
}

const failure = (...pairs: string[]): { readonly message: string; readonly next: string } => {
  const got = given(...pairs)
  if (got.ok) throw new Error(`${JSON.stringify(got.value)} was taken`)
  return got.failure
}

describe('a value of -w', () => {
  it.each([
    ['text=hello, you', { text: 'hello, you' }],
    ['text=123', { text: '123' }],
    ['text=a=b', { text: 'a=b' }],
    ['text="quoted"', { text: 'quoted' }],
    ['text=[x]', { text: '[x]' }],
    ['text=\u2028 \u{1F525} "}: <<', { text: '\u2028 \u{1F525} "}: <<' }],
    ['text=${{ inputs.x }}', { text: '${{ inputs.x }}' }],
    ['count=3', { count: 3 }],
    ['dry=true', { dry: true }],
    ['after=2m', { after: '2m' }],
    ['way=up', { way: 'up' }],
    ['parts={ a: 1, b: 2 }', { parts: { a: 1, b: 2 } }],
    ['parts={"a":1}', { parts: { a: 1 } }],
    ['counts=1, 2', { counts: [1, 2] }],
    ['counts=7', { counts: [7] }],
    ['some=all', { some: 'all' }],
    ['some=a', { some: ['a'] }],
    ['some=all,a', { some: ['all', 'a'] }],
  ])('%s is read by what the key takes', (pair, wanted) => {
    expect(value(pair)).toEqual({ ids: ['a'], ...wanted })
  })

  it.each([
    [['ids=b,c'], ['a', 'b', 'c']],
    [
      ['ids=b', 'ids=c'],
      ['a', 'b', 'c'],
    ],
    [['ids=["b,c"]'], ['a', 'b,c']],
    [['ids=[b, c]'], ['a', 'b', 'c']],
    [['ids="b,c"'], ['a', 'b,c']],
    [['ids=007'], ['a', '007']],
  ])('%j adds to the list', (pairs, wanted) => {
    expect(value(...pairs).ids).toEqual(wanted)
  })

  it.each([
    [['count=many'], '`count` must be a number'],
    [['count=0'], '`count` must be at least 1'],
    [['dry=perhaps'], '`dry` must be true or false'],
    [['after=soon'], '`after` must be a duration, such as 90s'],
    [['way=left'], '`way` must be `up` or `down`'],
    [['parts=1'], '`parts` must be a map'],
    [['counts=1,x'], /^`counts\[1\]` must be a number, found the text "x"$/],
    [['counts=[1'], '`counts` must be a list'],
    [['text=a', 'text=b'], '-w text is given 2 times'],
    [['count=many', 'way=left'], '`count` must be a number, found the text "many"; `way` must be'],
    [['text'], '-w text is no assignment'],
    [['=x'], '-w =x is no assignment'],
  ])('%j is refused, and what would be right is said', (pairs, message) => {
    const said = failure(...pairs)
    expect(said.message).toMatch(message)
    expect(said.next).not.toBe('')
  })

  it('of a key that there is not is told the nearest one, else all of them', () => {
    expect(failure('txet=a')).toMatchObject({ message: 'test.all has no txet', next: 'did you mean text?' })
    expect(failure('elsewhere=a').next).toBe('it takes ids, counts, text, count, dry, after, way, parts, some')
    expect(failure('__proto__=a').message).toBe('test.all has no __proto__')
  })

  it('that is typed at a question is held to the same', () => {
    expect(problemWith(spec, 'ids', 'a,b')).toBeUndefined()
    expect(problemWith(spec, 'ids', '')).toContain('That does not fit')
    expect(problemWith(spec, 'count', 'x')).toContain('whole number')
  })
})

it('what is needed and was not typed is known, and what has a default is not among it', () => {
  expect(missingIn(spec, new Map())).toEqual(['ids'])
  expect(missingIn(spec, new Map([['ids', ['a']]]))).toEqual([])
})

describe('the runbook that nobody wrote', () => {
  const drain = actions['proxy.drain']!

  it('has one step by the name of its action, and what is given as it was typed', () => {
    const { name, title, steps } = runbookOf(drain, { proxies: ['p1', '${{ x }}'] })
    expect(name).toBe('do-proxy-drain')
    expect(title).toBe('do proxy.drain proxies=p1,${{ x }}')
    expect(steps).toMatchObject([
      { id: 'proxy_drain', alone: true, with: { proxies: { literal: ['p1', '${{ x }}'] } } },
    ])
  })

  it('has the same hash for the same thing, and another one for anything else', () => {
    const hash = (given: JsonObject) => runbookOf(drain, given).hash
    expect(hash({ proxies: ['p1'] })).toBe(hash({ proxies: ['p1'] }))
    expect(hash({ proxies: ['p1'] })).not.toBe(hash({ proxies: ['p2'] }))
    expect(runbookOf(actions['proxy.enable']!, { proxies: ['p1'] }).hash).not.toBe(hash({ proxies: ['p1'] }))
  })

  it('is told by its beginning where what is given is long', () => {
    expect(runbookOf(drain, { proxies: [`p${'1'.repeat(500)}`] }).title.length).toBeLessThan(150)
  })
})
