import { blocksOf, everyStep, type Jump, type Runbook, type Step } from '../domain/runbook.js'
import { type Edge, edgesOf, type Goal } from './graph/edges.js'
import { escapeLabel } from './graph/escape.js'
import { blockTitles, nodeLine } from './graph/nodes.js'
import { numbersOf } from './numbering.js'

/** A runbook as a Mermaid flowchart. Ids are made up and labels escaped: no text of a runbook can break it. */
export const graphOf = ({ steps }: Runbook): string => {
  const all = everyStep(steps)
  const places = new Map(all.map(({ id }, place) => [id, place]))
  const terminals = new Map<string, string>()
  const drawing: Drawing = {
    numbers: numbersOf(steps),
    placeOf: id => places.get(id) ?? -1,
    terminal: name => {
      const known = terminals.get(name) ?? `n${all.length + terminals.size}`
      terminals.set(name, known)
      return known
    },
  }
  const list: List = { steps, edges: edgesOf(steps, false), path: 'n' }
  for (const name of endsIn(list)) drawing.terminal(name)
  const edges = edgeLines(drawing, list)
  return [
    'flowchart TD',
    ...phasesOf(steps).flatMap((phase, index) => phaseLines(drawing, phase, index)),
    ...[...terminals].map(([name, id]) => `  ${id}((("${escapeLabel(name)}")))`),
    ...edges,
    '',
  ].join('\n')
}

type Drawing = {
  readonly numbers: ReadonlyMap<string, string>
  readonly placeOf: (id: string) => number
  /** The node of an end or of another runbook, made where it is first asked for. */
  readonly terminal: (name: string) => string
}

/** A list of steps with their edges, and what the ids of its own ends begin with. */
type List = {
  readonly steps: readonly Step[]
  readonly edges: readonly (readonly Edge[])[]
  readonly path: string
}

const PAST_THE_LAST = 'past the last step: unresolved'
const ENDS = ['resolved', 'mitigated', 'unresolved', 'aborted'] as const satisfies readonly Jump['end'][]

/** The ends that are come to, the best first: they are drawn in that order. */
const endsIn = ({ edges }: List): readonly string[] => {
  const goals = edges.flatMap(leaving => leaving.map(({ to }) => to))
  const stated = ENDS.filter(end => goals.some(goal => 'end' in goal && goal.end === end))
  return goals.some(goal => 'out' in goal) ? [...stated, PAST_THE_LAST] : stated
}

type Phase = { readonly name: string | undefined; readonly members: Step[] }

/** Steps that stand together under one phase; a phase that comes up again later is drawn again. */
const phasesOf = (steps: readonly Step[]): readonly Phase[] => {
  const phases: Phase[] = []
  for (const step of steps) {
    const last = phases.at(-1)
    if (last && last.name === step.phase) last.members.push(step)
    else phases.push({ name: step.phase, members: [step] })
  }
  return phases
}

const phaseLines = (drawing: Drawing, { name, members }: Phase, index: number): readonly string[] => {
  const inside = members.flatMap(step => stepLines(drawing, step))
  return name === undefined ? indented(inside) : indented(subgraph(`p${index}`, name, inside))
}

/** A step, and below it what stands in it, in a frame around all of it. */
const stepLines = (drawing: Drawing, step: Step): readonly string[] => {
  const place = drawing.placeOf(step.id)
  const node = nodeLine(step, `n${place}`, drawing.numbers.get(step.id) ?? '')
  const titles = blockTitles(step)
  if (titles.length === 0) return [node]
  const lists = listsOf(drawing, step).map((list, index) =>
    subgraph(`b${place}_${index}`, titles[index] ?? '', [
      ...list.steps.flatMap(inner => stepLines(drawing, inner)),
      ...outsOf(list),
    ]),
  )
  const words = `${drawing.numbers.get(step.id)} · ${step.kind === 'each' ? 'for each' : 'side by side'}`
  return [node, ...subgraph(`b${place}`, words, lists.flat())]
}

const listsOf = (drawing: Drawing, step: Step): readonly List[] =>
  blocksOf(step).map((steps, index) => ({
    steps,
    edges: edgesOf(steps, true),
    path: `n${drawing.placeOf(step.id)}_${index}_`,
  }))

/** Where a list inside a step is over: by its last step, or because it failed. */
const outsOf = ({ edges, path }: List): readonly string[] => {
  const goals = edges.flatMap(leaving => leaving.map(({ to }) => to))
  return (['off', 'fails'] as const)
    .filter(out => goals.some(goal => 'out' in goal && goal.out === out))
    .map(out => `${path}${out}(("${out === 'off' ? 'done' : 'fails'}"))`)
}

const subgraph = (id: string, title: string, inside: readonly string[]): readonly string[] => [
  `subgraph ${id}["${escapeLabel(title)}"]`,
  ...indented(inside),
  'end',
]

const indented = (lines: readonly string[]): readonly string[] => lines.map(line => `  ${line}`)

/** The edges of a list and of those inside its steps: into each, on in it, and out of all of them together. */
const edgeLines = (drawing: Drawing, list: List): readonly string[] =>
  list.steps.flatMap((step, index) => {
    const place = drawing.placeOf(step.id)
    const lists = listsOf(drawing, step)
    const titles = blockTitles(step)
    const into = lists.map(({ steps }, branch) =>
      edgeLine(`n${place}`, { label: titles[branch] ?? '' }, `n${drawing.placeOf(steps[0]?.id ?? '')}`),
    )
    const out = (list.edges[index] ?? []).map(edge =>
      edgeLine(edge.late ? `b${place}` : `n${place}`, edge, idOf(drawing, list, edge.to)),
    )
    return [...into, ...lists.flatMap(inner => edgeLines(drawing, inner)), ...out]
  })

const idOf = (drawing: Drawing, { path }: List, goal: Goal): string => {
  if ('step' in goal) return `n${drawing.placeOf(goal.step)}`
  if ('end' in goal) return drawing.terminal(goal.end)
  if ('run' in goal) return drawing.terminal(`runbook ${goal.run}`)
  return path === 'n' ? drawing.terminal(PAST_THE_LAST) : `${path}${goal.out}`
}

/** The recommended choice is drawn thick. */
const edgeLine = (
  from: string,
  { label, recommended }: Pick<Edge, 'label' | 'recommended'>,
  to: string,
): string => {
  const line = recommended ? '==>' : '-->'
  return `  ${from} ${line}${label === undefined ? '' : `|"${escapeLabel(label)}"|`} ${to}`
}
