import { formatDuration } from '../domain/duration.js'
import type { CheckStep, Jump, OnFailure, Runbook, Step } from '../domain/runbook.js'
import { writtenTemplate } from './written.js'

/** Where an edge ends: at a step by its place, at an end by its outcome, or past the last step. */
type Goal = number | NonNullable<Jump['end']> | 'off'

type Edge = { readonly to: Goal; readonly label?: string; readonly recommended?: boolean }

/** A runbook as a Mermaid flowchart. Ids are made up and labels escaped: no text of a runbook can break it. */
export const graphOf = ({ steps }: Runbook): string => {
  const edges = edgesOf(steps)
  const goals = ENDS.filter(goal => edges.some(leaving => leaving.some(({ to }) => to === goal)))
  const idOf = (goal: Goal): string =>
    `n${typeof goal === 'number' ? goal : steps.length + goals.indexOf(goal)}`
  return [
    'flowchart TD',
    ...phasesOf(steps).flatMap(phaseLines),
    ...goals.map(goal => `  ${idOf(goal)}((("${escapeLabel(END_WORDS[goal])}")))`),
    ...edges.flatMap((leaving, from) => leaving.map(edge => edgeLine(`n${from}`, edge, idOf(edge.to)))),
    '',
  ].join('\n')
}

const END_WORDS: { readonly [goal in Exclude<Goal, number>]: string } = {
  resolved: 'resolved',
  mitigated: 'mitigated',
  unresolved: 'unresolved',
  aborted: 'aborted',
  off: 'past the last step: unresolved',
}
const ENDS = ['resolved', 'mitigated', 'unresolved', 'aborted', 'off'] as const satisfies readonly Goal[]

type Phase = { readonly name: string | undefined; readonly members: { step: Step; place: number }[] }

/** Steps that stand together under one phase; a phase that comes up again later is drawn again. */
const phasesOf = (steps: readonly Step[]): readonly Phase[] => {
  const phases: Phase[] = []
  for (const [place, step] of steps.entries()) {
    const last = phases.at(-1)
    if (last && last.name === step.phase) last.members.push({ step, place })
    else phases.push({ name: step.phase, members: [{ step, place }] })
  }
  return phases
}

const phaseLines = ({ name, members }: Phase, index: number): readonly string[] => {
  const nodes = members.map(({ step, place }) => nodeLine(step, place))
  if (name === undefined) return nodes
  return [`  subgraph p${index}["${escapeLabel(name)}"]`, ...nodes.map(line => `  ${line}`), '  end']
}

/** What stands around a label; each kind has a shape of its own. */
const SHAPE: { readonly [kind in Step['kind']]: readonly [open: string, close: string] } = {
  check: ['{{', '}}'],
  action: ['[', ']'],
  ask: ['[/', '/]'],
  manual: ['[\\', '/]'],
  branch: ['{', '}'],
  wait: ['(', ')'],
  goto: ['>', ']'],
  end: ['([', '])'],
}

const nodeLine = (step: Step, place: number): string => {
  const [open, close] = SHAPE[step.kind]
  const lines = [`${place + 1} · ${step.title ?? step.id}`, kindWords(step)]
  return `  n${place}${open}"${lines.map(escapeLabel).join('<br/>')}"${close}`
}

const kindWords = (step: Step): string => {
  switch (step.kind) {
    case 'check':
      return `check ${step.check}`
    case 'action':
      return `action ${step.action}`
    case 'wait':
      return `wait ${formatDuration(step.wait)}`
    case 'goto':
      return `goto ${step.goto}`
    case 'end':
      return `end ${step.end}`
    default:
      return step.kind
  }
}

/** Every way out of each step, in the words of the file. A target that does not exist has no edge. */
const edgesOf = (steps: readonly Step[]): readonly (readonly Edge[])[] => {
  const places = new Map(steps.map(({ id }, place) => [id, place]))
  return steps.map((step, place) => {
    const next: Goal = place + 1 < steps.length ? place + 1 : 'off'
    const edge: Draw = ({ goto, end }, label, recommended = false) => {
      const to = end ?? (goto === undefined ? next : places.get(goto))
      return to === undefined ? [] : [{ to, recommended, ...(label === undefined ? {} : { label }) }]
    }
    return [
      ...ownEdges(step, edge),
      ...(step.when === undefined ? [] : edge({}, `skipped unless ${step.when}`)),
      ...(step.limit ? edge({ goto: step.limit.then }, `limit reached (${step.limit.visits})`) : []),
    ]
  })
}

type Draw = (jump: Jump, label?: string, recommended?: boolean) => readonly Edge[]

const ownEdges = (step: Step, edge: Draw): readonly Edge[] => {
  switch (step.kind) {
    case 'check':
      return [...edge({}, 'passed'), ...failureEdges(step.onFailure, edge), ...doubtEdges(step, edge)]
    case 'action':
      return [...edge({}, step.verify ? 'verified' : 'done'), ...failureEdges(step.onFailure, edge)]
    case 'manual':
      return [...edge({}, 'done'), ...failureEdges(step.onFailure, edge)]
    case 'ask':
      return step.choices.flatMap(choice => edge(choice, writtenTemplate(choice.label), choice.recommended))
    case 'branch':
      return step.branch.flatMap(arm => edge(arm, arm.if ?? 'otherwise'))
    case 'wait':
      return edge({})
    case 'goto':
      return edge({ goto: step.goto })
    case 'end':
      return edge({ end: step.end })
  }
}

/** `ask` and `undo` leave it to a person, who is shown what there is: no edge. */
const failureEdges = (then: OnFailure, edge: Draw): readonly Edge[] => {
  switch (then.do) {
    case 'goto':
      return edge({ goto: then.goto }, 'on_failure')
    case 'continue':
      return edge({}, 'on_failure')
    case 'abort':
      return edge({ end: 'aborted' }, 'on_failure')
    default:
      return []
  }
}

const doubtEdges = ({ onInconclusive: then }: CheckStep, edge: Draw): readonly Edge[] => {
  if (then.do === 'ask') return []
  return edge(then.do === 'goto' ? { goto: then.goto } : {}, 'inconclusive')
}

/** The recommended choice is drawn thick. */
const edgeLine = (from: string, { label, recommended }: Edge, to: string): string => {
  const line = recommended ? '==>' : '-->'
  return `  ${from} ${line}${label === undefined ? '' : `|"${escapeLabel(label)}"|`} ${to}`
}

/**
 * Text as a quoted Mermaid label: all that could mean something to Mermaid, to Markdown or to HTML becomes an
 * entity of its code. A dot after a number is one of them, for `1. x` would be drawn as a list. Quotes with
 * nothing between them do not parse: a blank that does not break stands there.
 */
const escapeLabel = (text: string): string =>
  text
    .replaceAll(/[^\P{C}\u200c\u200d]+/gu, ' ')
    .trim()
    .replaceAll(MEANS_SOMETHING, entity) || '#160;'

/** In the middle of a word `_` and `-` are letters, and a dot before a digit is one of a number. */
const MEANS_SOMETHING =
  /(?<![\p{L}\p{N}])[_-]|[_-](?![\p{L}\p{N}])|(?<=\p{N})\.(?!\p{N})|[^\p{L}\p{M}\p{N} .,?_-]/gu

const entity = (character: string): string =>
  character === '"' ? '#quot;' : `#${character.codePointAt(0) ?? 0};`
