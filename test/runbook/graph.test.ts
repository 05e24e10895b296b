import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graph } from '../../src/commands/graph.js'
import type { Io } from '../../src/commands/support/io.js'
import type { Runbook, Step } from '../../src/domain/runbook.js'
import { exitsOf, waysOf } from '../../src/runbook/flow.js'
import { graphOf } from '../../src/runbook/graph.js'
import { parse, runbookOf, survey } from './catalogue.js'

const SHIPPED = readFileSync(new URL('../../runbooks/proxy-connection-surge.yaml', import.meta.url), 'utf8')

const loaded = (text: string): Runbook => {
  const { runbook, diagnostics } = parse(text)
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return runbook!
}

const SHAPES: { readonly [open: string]: readonly [close: string, kind: string] } = {
  '{{': ['}}', 'check'],
  '[': [']', 'action'],
  '[/': ['/]', 'ask'],
  '[\\': ['/]', 'manual'],
  '{': ['}', 'branch'],
  '(': [')', 'wait'],
  '>': [']', 'goto'],
  '([': ['])', 'end'],
  '(((': [')))', 'terminal'],
}

/** Letters, marks, digits, blanks and harmless signs; entities for the rest; a break only as this one tag. */
const LABEL = /^(?:[\p{L}\p{M}\p{N} .,?]|(?<=[\p{L}\p{N}])[_-](?=[\p{L}\p{N}])|#(?:\d+|quot);|<br\/>)+$/u
const NODE = /^ +(n\d+)([[({/\\>]+)"([^"]*)"([\])}/\\]+)$/u
const EDGE = /^ {2}(n\d+) (-->|==>)(?:\|"([^"]*)"\|)? (n\d+)$/u
const SUBGRAPH = /^ {2}subgraph (p\d+)\["([^"]*)"\]$/u

type Node = { readonly kind: string; readonly label: string; readonly phase?: string }
type Drawn = {
  readonly nodes: Map<string, Node>
  readonly phases: string[]
  readonly edges: { from: string; to: string; label: string; thick: boolean }[]
}

const label = (text: string): string => {
  expect(text).toMatch(LABEL)
  expect(text).not.toMatch(/\p{N}\.(?!\p{N})/u)
  return text
    .replaceAll('#quot;', '"')
    .replaceAll(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('<br/>', '\n')
}

/** The part of Mermaid's flowchart grammar that a graph may use; anything else throws. */
const read = (text: string): Drawn => {
  const [first, ...lines] = text.trimEnd().split('\n')
  expect(first).toBe('flowchart TD')
  const drawn: Drawn = { nodes: new Map(), phases: [], edges: [] }
  let phase: string | undefined
  for (const line of lines) phase = readLine(drawn, line, phase)
  expect(phase).toBeUndefined()
  for (const { from, to } of drawn.edges)
    for (const id of [from, to]) expect(drawn.nodes.has(id), id).toBe(true)
  return drawn
}

/** Takes a line in, and returns the phase that is open after it. */
const readLine = (drawn: Drawn, line: string, phase: string | undefined): string | undefined => {
  const subgraph = SUBGRAPH.exec(line)
  if (subgraph) {
    expect(phase).toBeUndefined()
    drawn.phases.push(label(subgraph[2]!))
    return drawn.phases.at(-1)
  }
  if (line === '  end') {
    expect(phase).toBeDefined()
    return undefined
  }
  if (!readNode(drawn, line, phase)) readEdge(drawn, line)
  return phase
}

const readNode = ({ nodes }: Drawn, line: string, phase: string | undefined): boolean => {
  const [, id, open, words, closed] = NODE.exec(line) ?? []
  if (id === undefined) return false
  const [close, kind] = SHAPES[open!]!
  expect(closed).toBe(close)
  expect(nodes.has(id)).toBe(false)
  nodes.set(id, { kind, label: label(words!), ...(phase === undefined ? {} : { phase }) })
  return true
}

const readEdge = ({ edges }: Drawn, line: string): void => {
  const [, from, arrow, words, to] = EDGE.exec(line) ?? []
  if (from === undefined) throw new Error(`not a line of a flowchart: ${line}`)
  edges.push({ from, to: to!, label: words === undefined ? '' : label(words), thick: arrow === '==>' })
}

/** Edges as `2 passed -> 3`: steps by their numbers, ends by their words. */
const edgesOf = ({ nodes, edges }: Drawn): string[] => {
  const name = (id: string): string => {
    const { kind, label: words } = nodes.get(id)!
    return kind === 'terminal' ? words : words.split(' ', 1)[0]!
  }
  return edges.map(({ from, to, label: words, thick }) =>
    [name(from), ...(words ? [words] : []), thick ? '=>' : '->', name(to)].join(' '),
  )
}

describe('the graph of the shipped runbook', () => {
  const drawn = read(graphOf(loaded(SHIPPED)))

  it('has each step once, in its phase and its shape', () => {
    const steps = [...drawn.nodes.values()].filter(({ kind }) => kind !== 'terminal')
    expect(steps.map(({ kind, phase, label: words }) => `${phase}: ${kind}: ${words.split('\n')[0]}`)).toEqual([
      'Assess: check: 1 · Compare connections across all proxies',
      'Assess: branch: 2 · One proxy, or many?',
      'Mitigate: action: 3 · Replace the worst proxy',
      'Close: ask: 4 · Is it over?',
      'Close: wait: 5 · Let two minutes pass',
      'Close: goto: 6 · look_again',
      'Escalate: ask: 7 · Replacing is not helping',
    ])
    expect(drawn.phases).toEqual(['Assess', 'Mitigate', 'Close', 'Escalate'])
  })

  it('is what the command prints', async () => {
    const out = new PassThrough()
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const io = { input: new PassThrough(), out, err: new PassThrough(), env: {}, cwd } as unknown as Io
    expect(await graph(io, 'proxy-connection-surge', {})).toBe(0)
    expect(String(out.read())).toBe(graphOf(loaded(SHIPPED)))
  })

  it('has every way that the file names, and no other', () => {
    expect(edgesOf(drawn)).toEqual([
      '1 passed -> 2',
      '1 on_failure -> 2',
      '2 outcome("survey") == "passed" -> 4',
      '2 steps.survey.hot_share > 0.5 -> runbook cluster-wide-degradation',
      '2 otherwise -> 3',
      '3 verified -> 4',
      '3 on_failure -> 1',
      '3 limit reached (3) -> 7',
      '4 Yes => resolved',
      '4 Look again in 2 minutes -> 5',
      '5 -> 6',
      '6 -> 1',
      '7 Treat as cluster-wide => runbook cluster-wide-degradation',
      '7 Three more -> 1',
      '7 Stop here -> unresolved',
    ])
  })
})

const EVERYTHING = runbookOf(`- id: loose
  wait: 1s
  when: inputs.sure
- phase: One
${survey('  on_failure: abort\n  on_inconclusive: { goto: over }\n  limit: { visits: 2, then: hand }\n')}- id: asked
  ask: Go on?
  choices:
    on: { label: "Yes, \${{ inputs.count }}" }
    off: { label: No, recommended: true, end: mitigated }
- phase: Two
- id: hand
  manual: By hand
  on_failure: continue
- phase: One
- id: last
  branch: [{ if: inputs.sure, end: unresolved }, { goto: over }]`)

describe('every way out of a step', () => {
  it('is an edge with the word that leads there', () => {
    expect(edgesOf(read(graphOf(loaded(EVERYTHING))))).toEqual([
      '1 -> 2',
      '1 skipped unless inputs.sure -> 2',
      '2 passed -> 3',
      '2 on_failure -> aborted',
      '2 inconclusive -> 6',
      '2 limit reached (2) -> 4',
      '3 Yes, ${{ inputs.count }} -> 4',
      '3 No => mitigated',
      '4 done -> 5',
      '4 on_failure -> 5',
      '5 inputs.sure -> unresolved',
      '5 otherwise -> 6',
      '6 -> resolved',
    ])
  })

  it.each([
    ['the shipped runbook', SHIPPED],
    ['one with everything', EVERYTHING],
  ])('that lint knows of is drawn: %s', (_name, text) => {
    const runbook = loaded(text)
    const { nodes, edges } = read(graphOf(runbook))
    for (const [place, exits] of exitsOf(waysOf(runbook.steps)).entries()) {
      const goals = edges.filter(({ from }) => from === `n${place}`).map(({ to }) => to)
      for (const exit of exits) {
        const ok =
          typeof exit === 'number'
            ? goals.includes(`n${exit}`)
            : goals.some(to => nodes.get(to)?.kind === 'terminal')
        expect(ok, `${runbook.steps[place]?.id} to ${exit}`).toBe(true)
      }
    }
  })

  it('past the last step leads to an end that says so', () => {
    const runbook = loaded(runbookOf('- id: w\n  wait: 1s'))
    const { nodes } = read(graphOf({ ...runbook, steps: runbook.steps.slice(0, 1) }))
    expect([...nodes.values()].map(({ label: words }) => words)).toContain('past the last step: unresolved')
  })
})

it('a phase that comes again is drawn again, and steps before the first phase stand outside', () => {
  const { phases, nodes } = read(graphOf(loaded(EVERYTHING)))
  expect(phases).toEqual(['One', 'Two', 'One'])
  expect(nodes.get('n0')?.phase).toBeUndefined()
})

describe('no text can break the diagram', () => {
  const at = { line: 1, column: 1 }
  const around = (text: string): Step[] => [
    { kind: 'wait', id: 'a', at, title: text, phase: text, when: text, wait: 1_000 },
    {
      kind: 'ask',
      id: 'b',
      at,
      ask: { literal: text },
      choices: [{ key: 'k', label: { literal: text }, recommended: true, end: 'resolved' }],
    },
    { kind: 'branch', id: 'c', at, title: text, branch: [{ if: text, goto: 'a' }, { end: 'resolved' }] },
  ]
  const draw = (text: string): Drawn =>
    read(graphOf({ name: 'x', title: text, triggers: [], inputs: {}, steps: around(text), hash: '' }))

  it.each([
    'end',
    'a "quoted" title',
    '"] --> n1["',
    '|pipes|',
    '`code` at the front',
    '#quot; and #35; and &amp;',
    '1. first\n2. second',
    '- a list',
    '*bold* _slanted_ __both__ - a-b -- c_d --> e 1.5 2.',
    '%%{init: {}}%%',
    'style x: y#z;',
    '<b onclick="x">',
    '[{(<>)}]\\/',
    'ﬂ°°35¶ß',
    'größer 値 🚒 👩‍🚒',
    'graph TD; subgraph click class ::: @{ }',
    'tab\tand \u0007 bell \u202e turned',
  ])('%j is drawn as it is', text => {
    const { nodes, edges } = draw(text)
    const plain = text.replaceAll(/[^\P{C}\u200d]+/gu, ' ').trim()
    expect(nodes.get('n0')?.label.split('\n')[0]?.trim()).toBe(`1 · ${plain}`.trim())
    expect(edges.filter(({ label: words }) => words === plain)).toHaveLength(2)
  })

  it.each(['', '   ', '\u0000'])('%j is drawn as a blank', text => {
    const { phases, edges } = draw(text)
    expect(phases).toEqual(['\u00a0'])
    expect(edges.filter(({ label: words }) => words === '\u00a0')).toHaveLength(2)
  })

  it('nor any other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), text => {
        expect(draw(text).nodes.size).toBe(4)
      }),
    )
  })
})
