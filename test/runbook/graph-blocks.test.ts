import { expect, test } from 'vitest'
import { graphOf } from '../../src/runbook/graph.js'
import { NESTED } from '../fuzz/nested.js'
import { parse, runbookOf } from './catalogue.js'

const NODE = /^(n[\w]+)(?:[[({/\\>]+)"([^"]*)"[\])}/\\]+$/u
const SUBGRAPH = /^subgraph (\w+)\["([^"]*)"\]$/u
const EDGE = /^(\w+) (?:-->|==>)(?:\|"([^"]*)"\|)? (\w+)$/u

type Drawn = {
  /** By the label's first line: the subgraphs that it stands in, the outermost first. */
  readonly nodes: Map<string, { readonly name: string; readonly within: readonly string[] }>
  readonly frames: Map<string, string>
  readonly edges: (readonly [from: string, label: string, to: string])[]
}

const words = (label: string): string =>
  label
    .replaceAll('#quot;', '"')
    .replaceAll(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/<br\/>.*/, '')

/** The lines that a flowchart may have; anything else throws. Every edge leads from and to something drawn. */
const read = (text: string): Drawn => {
  const drawn: Drawn = { nodes: new Map(), frames: new Map(), edges: [] }
  const open: string[] = []
  const [first, ...lines] = text.trimEnd().split('\n')
  expect(first).toBe('flowchart TD')
  for (const line of lines.map(one => one.trim())) {
    const taken = readFrame(drawn, line, open) || readNode(drawn, line, open) || readEdge(drawn, line)
    expect(taken, `a line of a flowchart: ${line}`).toBe(true)
  }
  expect(open).toEqual([])
  for (const id of drawn.edges.flatMap(([from, , to]) => [from, to]))
    expect(drawn.nodes.has(id) || drawn.frames.has(id), id).toBe(true)
  return drawn
}

const readFrame = ({ frames }: Drawn, line: string, open: string[]): boolean => {
  if (line === 'end') return open.pop() !== undefined
  const [, id, title = ''] = SUBGRAPH.exec(line) ?? []
  if (id === undefined) return false
  frames.set(id, words(title))
  open.push(words(title))
  return true
}

const readNode = ({ nodes }: Drawn, line: string, open: readonly string[]): boolean => {
  const [, id, label = ''] = NODE.exec(line) ?? []
  if (id === undefined || nodes.has(id)) return false
  nodes.set(id, { name: words(label), within: [...open] })
  return true
}

const readEdge = ({ edges }: Drawn, line: string): boolean => {
  const [, from, said = '', to] = EDGE.exec(line) ?? []
  if (from === undefined || to === undefined) return false
  edges.push([from, words(said), to])
  return true
}

const graph = (text: string): Drawn => {
  const { runbook, diagnostics } = parse(text)
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return read(graphOf(runbook!))
}

/** `3 · both passed -> …`, with the frame's name where an edge begins at one. */
const ways = ({ nodes, frames, edges }: Drawn): readonly string[] => {
  const name = (id: string): string => nodes.get(id)?.name ?? `[${frames.get(id)}]`
  return edges.map(([from, label, to]) => `${name(from)} ${label && `${label} `}-> ${name(to)}`)
}

test('a step inside another one is drawn in its frame, with its number', () => {
  const { nodes } = graph(NESTED)
  const placed = [...nodes.values()].map(({ name, within }) => [...within, name].join(' / '))
  expect(placed.slice(2, 9)).toEqual([
    '3 · both',
    '3 · side by side / left / 3.left.1 · look',
    '3 · side by side / left / 3.left.2 · fork',
    '3 · side by side / left / 3.left.3 · pause',
    '3 · side by side / left / 3.left.4 · settle',
    '3 · side by side / left / done',
    '3 · side by side / left / fails',
  ])
  expect(placed).toContain(
    '3 · side by side / right / 3.right.1 · for each / each proxy, 2 at a time / 3.right.1.1 · replace',
  )
})

test('edges lead into each list, to its end, and out of all of them together', () => {
  const found = ways(graph(NESTED))
  for (const way of [
    '3 · both left -> 3.left.1 · look',
    '3 · both right -> 3.right.1 · many',
    '3.left.1 · look on_failure -> fails',
    '3.left.4 · settle until size(result.hot) == 0 -> done',
    '3.right.1 · many each proxy, 2 at a time -> 3.right.1.1 · replace',
    '3.right.1.2 · done No -> 3.right.1.1 · replace',
    '[3 · side by side] all done -> 4 · judge',
    '[3 · side by side] on_failure -> 5 · wide',
    '[3.right.1 · for each] all done -> done',
  ])
    expect(found).toContain(way)
})

test('another runbook that is handed over to is an end of its own, and one that comes back is a step', () => {
  const found = ways(graph(NESTED))
  expect(found.filter(way => way.endsWith('runbook cluster-wide'))).toHaveLength(1)
  expect(found).toContain('5 · wide came back -> 6 · over')
  expect(found).toContain('5 · wide on_failure -> 6 · over')
})

test('no name of a branch, an item or a runbook, and no text, can break it', () => {
  const odd = `"]; end %% <b> --> x`
  const drawn = graph(
    runbookOf(`- id: both
  title: '${odd}'
  parallel:
    end:
    - id: a
      notify: '${odd} \${{ inputs.cluster }}'
    subgraph:
    - id: b
      wait: { until: 'inputs.cluster == "]|x"', within: 1m }
      on_failure: abort
- id: many
  each: '\${{ ["\\"]", "end"] }}'
  steps:
  - id: c
    notify: x
    to: '${odd} | y'`),
  )
  expect([...drawn.frames.values()]).toEqual([
    '1 · side by side',
    'end',
    'subgraph',
    '2 · for each',
    'each item, one by one',
  ])
})
