import { expect, test } from 'vitest'
import { entryOf } from '../../src/source/node.js'
import { parseYaml } from '../../src/source/parse-yaml.js'
import { spanInScalar } from '../../src/source/scalar-offset.js'
import { unmark } from './marks.js'

test.each([
  ['a bare value', 'k: ab + «cd»\n'],
  ['a bare value over two lines', 'k: ab +\n  ef   gh +\n    «cd» x\n'],
  ['a bare value with a gap', 'k: ab\n\n  «cd» x\n'],
  ['a single-quoted value', "k: 'it''s ''«cd»'''\n"],
  ['a double-quoted value with escapes', 'k: "a\\"\\x41\\u00fc\\t\\U0000263A «cd» \\n"\n'],
  ['a double-quoted value over lines', 'k: "ab \\\n   ef\n   «cd»"\n'],
  ['a literal block', 'k: |\n  ab &&\n    ef\n  «cd»\n'],
  ['a literal block with an indentation of its own', 'k: |2\n    ab\n   «cd»\n'],
  ['a folded block', 'k: >-\n  ab &&\n  ef\n\n  «cd» x\n'],
  ['a folded block with carriage returns', 'k: >-\r\n  ab &&\r\n  «cd» x\r\n'],
  ['a value in braces', '{ j: 1, k: ab «cd» }\n'],
])('a part of %s is found in the file', (_name, marked) => {
  const { text } = unmark(marked)
  const { source, root } = parseYaml(text, 'f.yaml')
  const node = entryOf(root, 'k')?.node
  if (node?.kind !== 'scalar') throw new Error('no scalar')
  const from = String(node.value).indexOf('cd')
  const span = spanInScalar(source, node, from, from + 2)
  expect([span.start, span.end]).toEqual([marked.indexOf('«'), marked.indexOf('»') - 1])
})
