import { expect, test } from 'vitest'
import * as z from 'zod'
import { decode } from '../../src/source/decode.js'
import { parseYaml } from '../../src/source/parse-yaml.js'
import { unmark } from './marks.js'

const limit = z.union([z.number(), z.strictObject({ calm: z.number(), bold: z.number() })])

const schema = z.strictObject({
  name: z.string().min(2),
  count: z.int().min(1).max(9).optional(),
  kind: z.enum(['haproxy', 'memcached']).default('haproxy'),
  tags: z.record(z.string(), z.string()).optional(),
  hosts: z
    .array(z.strictObject({ id: z.string(), port: z.number().optional() }))
    .min(1)
    .optional(),
  limit: limit.optional(),
  then: z.union([z.enum(['ask', 'abort']), z.strictObject({ goto: z.string() })]).optional(),
  wait: z.string('A wait is a text such as 90s').transform(Number).optional(),
  address: z.string().regex(/^\d+$/, 'must be digits only').optional(),
  fault: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('hot'), heat: z.number() }),
      z.strictObject({ kind: z.literal('stuck') }),
    ])
    .optional(),
})

const decodeText = (text: string) => {
  const { source, root } = parseYaml(text, 'f.yaml')
  if (!root) throw new Error(`not YAML: ${text}`)
  return decode(source, root, schema)
}

test.each([
  [
    'an unknown key, with the nearest one',
    'name: ab\n«cuont»: 2\n',
    'unknown-key',
    /`cuont`.*did you mean `count`/,
  ],
  [
    'an unknown key far from all',
    'name: ab\n«zzzzzz»: 2\n',
    'unknown-key',
    /`zzzzzz`.*it can have `name`, `count`/,
  ],
  [
    'an unknown key in a list',
    'name: ab\nhosts: [{ id: a, «prot»: 1 }]\n',
    'unknown-key',
    /`hosts\[0\]`.*`port`/,
  ],
  [
    'an unknown key in an alternative',
    'name: ab\nlimit: { calm: 1, bold: 2, «bald»: 3 }\n',
    'unknown-key',
    /bold/,
  ],
  ['a missing key', '«count»: 2\n', 'missing-key', /`name` is missing.*must be text/],
  ['a missing key of an alternative', 'name: ab\nlimit: { «calm»: 1 }\n', 'missing-key', /`bold` is missing/],
  ['a misspelt key that is required, once', '«nam»: ab\n', 'unknown-key', /did you mean `name`/],
  ['a number for a text', 'name: «5»\n', 'wrong-type', /`name` must be text, found the number 5.*'5'/],
  ['nothing for a text', 'name: «~»\n', 'wrong-type', /must be text, found nothing/],
  ['a text for a number', 'name: ab\ncount: «"2"»\n', 'wrong-type', /must be a number, found the text "2"/],
  ['a list for a map', 'name: ab\ntags: [«a»]\n', 'wrong-type', /must be a map, found a list/],
  ['a boolean for a text', 'name: «true»\n', 'wrong-type', /found `true`/],
  ['a fraction for a whole number', 'name: ab\ncount: «1.5»\n', 'wrong-type', /a whole number/],
  [
    'a word that is none of the known',
    'name: ab\nkind: «haprxy»\n',
    'bad-value',
    /`haproxy` or `memcached`.*did you mean `haproxy`/,
  ],
  [
    'a word that tells no alternative from another',
    'name: ab\nfault: { kind: «stcuk» }\n',
    'wrong-type',
    /`fault\.kind`.*did you mean `stuck`/,
  ],
  ['too much', 'name: ab\ncount: «12»\n', 'bad-value', /at most 9/],
  ['too short', 'name: «a»\n', 'bad-value', /at least 2 characters/],
  ['an empty list', 'name: ab\nhosts: «[]»\n', 'bad-value', /at least 1 entry/],
  [
    'no alternative by its type',
    'name: ab\nlimit: «lots»\n',
    'wrong-type',
    /a number or a map, found the text "lots"/,
  ],
  ['a misspelt word of an alternative', 'name: ab\nthen: «abrot»\n', 'wrong-type', /did you mean `abort`/],
  [
    "the schema's own words for a type",
    'name: ab\nwait: «90»\n',
    'wrong-type',
    /`wait`: A wait is a text such as 90s/,
  ],
  [
    "the schema's own words for a value",
    'name: ab\naddress: «x»\n',
    'bad-value',
    /`address` must be digits only/,
  ],
  [
    'a text that became a map by its colon',
    'name: ab\nwait:\n  x == "a«:» b"\n',
    'yaml-colon',
    /'x == "a: b"'/,
  ],
])('%s is named at its node', (_name, marked, rule, says) => {
  const { text, ...place } = unmark(marked)
  const decoded = decodeText(text)
  const diagnostics = decoded.ok ? [] : decoded.diagnostics
  expect(diagnostics).toHaveLength(1)
  expect(diagnostics[0]).toMatchObject({
    rule,
    line: place.line,
    column: place.column,
    endColumn: place.endColumn,
  })
  expect(`${diagnostics[0]?.message} ${diagnostics[0]?.suggestion}`).toMatch(says)
})

test('every finding is reported, not the first alone', () => {
  const decoded = decodeText('name: 5\ncount: x\nhosts: [{ port: 1 }]\n')
  expect(decoded.ok ? [] : decoded.diagnostics.map(({ rule, line }) => `${rule} ${line}`)).toEqual([
    'wrong-type 1',
    'wrong-type 2',
    'missing-key 3',
  ])
})

test('a value that fits is what the schema makes of it', () => {
  expect(decodeText('name: ab\nwait: "90"\n')).toEqual({
    ok: true,
    value: { name: 'ab', kind: 'haproxy', wait: 90 },
  })
})

test('a custom issue can bring its own rule, suggestion and place', () => {
  const { source, root } = parseYaml('a: 1\nb: 2\n', 'f.yaml')
  const own = z.strictObject({
    a: z.number(),
    b: z.number().superRefine((_, context) => {
      context.addIssue({
        code: 'custom',
        message: '`b` is for later',
        params: { rule: 'later', suggestion: 'wait', at: 'key' },
      })
    }),
  })
  const decoded = root && decode(source, root, own)
  expect(decoded).toMatchObject({
    diagnostics: [{ rule: 'later', message: '`b` is for later', suggestion: 'wait', line: 2, column: 1 }],
  })
})
