import { formatDuration } from '../domain/duration.js'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import type { Choice, InputSpec, Jump, OnFailure, Runbook, Step } from '../domain/runbook.js'
import type { Tone } from '../engine/timeline.js'
import { hang } from '../hosts/lines/layout.js'
import { paintFor } from '../hosts/lines/paint.js'
import { writtenTemplate } from '../runbook/written.js'
import { catalogue } from './support/catalogue.js'
import { findRunbook, type Places } from './support/definitions.js'
import { type Global, type Io, print } from './support/io.js'

/** A runbook as a page for people: usable on paper, when the tool is down. */
export const show = async (io: Io, said: string, options: Global & Places): Promise<ExitCode> => {
  const runbook = await findRunbook(io, options, said)
  if ('exit' in runbook) return runbook.exit
  const paint = paintFor(io.out, io.env)
  const width = Math.min(PAPER, io.out.columns ?? PAPER)
  for (const { lead, text, tone = 'plain' } of page(runbook.value)) {
    const under = ' '.repeat(lead.length)
    print(io, `${lead}${hang(under, printable(text), width, line => paint(tone, line))}`.trimEnd())
  }
  return EXIT.done
}

const PAPER = 80

/** Text that goes on under itself, right of its lead: no name of a runbook stands in a lead, for it may be long. */
type Entry = { readonly lead: string; readonly text: string; readonly tone?: Tone }

const BLANK: Entry = { lead: '', text: '' }
const at = (indent: number, text: string): Entry => ({ lead: ' '.repeat(indent), text })
const labelled = (label: string, text: string): Entry => ({ lead: `    ${label}: `, text })

/** No other control characters come through the loader. */
const printable = (text: string): string => text.replaceAll(/[\t\r]/g, ' ').trim()

const page = (runbook: Runbook): readonly Entry[] => {
  const { steps } = runbook
  return [
    ...top(runbook),
    ...steps.flatMap((step, place) => [
      ...(step.phase !== undefined && step.phase !== steps[place - 1]?.phase
        ? [BLANK, { lead: '-- ', text: `${step.phase} --`, tone: 'title' as const }]
        : []),
      BLANK,
      ...section(step, place, arrows(steps, place)),
    ]),
  ]
}

const LEGEND = [
  'Take the steps by their numbers; an arrow (->) says where each one leads.',
  'Conditions stand as in the file: inputs.NAME is what is given above, result what the step itself found,',
  'steps.ID.NAME what the step [ID] found last, outcome("ID") how it ended, visits("ID") how often it was',
  'taken. Where a step fails and nothing else is said, you decide.',
].join(' ')

const top = ({ name, title, severity, owner, triggers, inputs, hash }: Runbook): readonly Entry[] => [
  { lead: '', text: title, tone: 'title' },
  at(0, '='.repeat(Math.min(PAPER, title.length))),
  at(0, [name, severity, owner && `owner ${owner}`, `version ${hash.slice(0, 12)}`].filter(Boolean).join(', ')),
  ...triggers.map(labels => ({
    lead: 'for the alert ',
    text: Object.entries(labels)
      .map(([label, value]) => `${label} = ${value}`)
      .join(', '),
  })),
  ...Object.entries(inputs).map(([input, spec]) => ({ lead: 'needs ', text: `${input}: ${inputWords(spec)}` })),
  BLANK,
  at(0, LEGEND),
]

const inputWords = ({ type, ask, default: fallback, fromAlert, options }: InputSpec): string => {
  const more = [
    ask === undefined ? undefined : type,
    options && `one of ${options.join(', ')}`,
    fallback === undefined ? undefined : `${JSON.stringify(fallback)} unless given`,
    fromAlert && `label ${fromAlert} of the alert`,
  ].filter(Boolean)
  return `${ask ?? type}${more.length > 0 ? ` (${more.join('; ')})` : ''}`
}

/** How a page says where things lead: by the number, with the id beside it. */
type Arrows = {
  readonly step: (id: string) => string
  readonly to: (jump: Jump) => string
}

const arrows = (steps: readonly Step[], place: number): Arrows => {
  const step = (id: string): string => `step ${steps.findIndex(other => other.id === id) + 1} [${id}]`
  const next = steps[place + 1]
  const to = ({ goto, end }: Jump): string => {
    if (end !== undefined) return `-> the incident ends: ${end}`
    const id = goto ?? next?.id
    return id === undefined ? '-> past the last step; the incident ends: unresolved' : `-> ${step(id)}`
  }
  return { step, to }
}

const section = (step: Step, place: number, way: Arrows): readonly Entry[] => [
  {
    lead: `${String(place + 1).padStart(2)}. `,
    text: [step.title, `[${step.id}]`].filter(Boolean).join(' '),
    tone: 'title',
  },
  ...(step.why ? [labelled('why', step.why)] : []),
  ...(step.when ? [labelled('only when', `${step.when}; else ${way.to({})}`)] : []),
  ...(step.limit ? [labelled('limit', limitWords(step.limit, way))] : []),
  ...body(step, way),
]

const limitWords = ({ visits, then }: NonNullable<Step['limit']>, way: Arrows): string =>
  `at most ${visits} ${visits === 1 ? 'time' : 'times'}; after that ${way.to({ goto: then })}`

const body = (step: Step, way: Arrows): readonly Entry[] => {
  switch (step.kind) {
    case 'check':
      return checkBody(step, way)
    case 'action':
      return actionBody(step, way)
    case 'ask':
      return [
        labelled('ask', writtenTemplate(step.ask)),
        ...step.choices.flatMap(choice => choiceEntries(choice, way)),
      ]
    case 'manual':
      return [
        labelled('by hand', writtenTemplate(step.manual)),
        labelled('done', way.to({})),
        labelled('cannot be done', afterFailure(step.onFailure, way)),
      ]
    case 'branch':
      return [
        at(4, 'the first that is true:'),
        ...step.branch.flatMap(arm => [
          at(6, arm.if === undefined ? 'otherwise' : `if ${arm.if}`),
          at(8, way.to(arm)),
        ]),
      ]
    case 'wait':
      return [labelled('wait', `${formatDuration(step.wait)}, then ${way.to({})}`)]
    case 'goto':
      return [labelled('go on', way.to({ goto: step.goto }))]
    case 'end':
      return [labelled('end', way.to(step))]
  }
}

const checkBody = (step: Step & { kind: 'check' }, way: Arrows): readonly Entry[] => [
  labelled('look', step.check),
  ...use(step, catalogue.checks[step.check]),
  ...(step.expect ? [labelled('passed when', step.expect)] : []),
  labelled('passed', way.to({})),
  labelled('failed', afterFailure(step.onFailure, way)),
  labelled('inconclusive', afterDoubt(step.onInconclusive, way)),
]

const actionBody = (step: Step & { kind: 'action' }, way: Arrows): readonly Entry[] => [
  labelled('do', step.action),
  ...use(step, catalogue.actions[step.action]),
  ...(step.approve ? [labelled('consent', CONSENT[step.approve])] : []),
  labelled('undo', undoWords(step)),
  ...(step.verify ? [labelled('verify', verifyWords(step.verify, way))] : []),
  labelled(step.verify ? 'verified' : 'done', way.to({})),
  labelled('failed', afterFailure(step.onFailure, way)),
]

type Used = (typeof catalogue)['checks'][string] | undefined

/** What it is, what it is given, and what it finds, in the words of its schema. */
const use = ({ with: given }: Step & { kind: 'check' | 'action' }, used: Used): readonly Entry[] => [
  ...(used ? [at(8, `${used.summary}.`)] : []),
  ...Object.entries(given).map(([key, value]) => ({
    lead: '        with ',
    text: `${key} = ${writtenTemplate(value)}`,
  })),
  ...Object.entries(used?.output.shape ?? {}).map(([key, { description }]) => ({
    lead: '        gives ',
    text: description ? `${key}: ${description}` : key,
  })),
]

const CONSENT = {
  operator: 'the operator agrees to the plan',
  typed: 'the operator types the name of what is changed',
  peer: 'a second person agrees to the plan',
} as const

const undoWords = ({ id, action, with: given }: Step & { kind: 'action' }): string => {
  const irreversible = catalogue.actions[action]?.irreversible
  const byKey = typeof irreversible === 'object' ? irreversible.unless : undefined
  if (byKey !== undefined && byKey in given) return `as its ${byKey} says`
  if (irreversible) return 'none; this cannot be taken back'
  return `it can be taken back (firebreak undo INCIDENT --step ${id})`
}

const verifyWords = (
  { again, hold, within, every }: NonNullable<(Step & { kind: 'action' })['verify']>,
  way: Arrows,
): string =>
  [
    `look as in ${way.step(again)} again, every ${formatDuration(every)};`,
    `it must pass${hold > 0 ? ` for ${formatDuration(hold)} without a break` : ''},`,
    `within ${formatDuration(within)}; else this failed`,
  ].join(' ')

const afterFailure = (then: OnFailure, way: Arrows): string => {
  switch (then.do) {
    case 'goto':
      return way.to({ goto: then.goto })
    case 'continue':
      return way.to({})
    case 'abort':
      return way.to({ end: 'aborted' })
    case 'undo':
      return 'take back what it changed; then decide how to go on'
    case 'ask':
      return `you decide: again, ${way.to({})}, or stop`
  }
}

const afterDoubt = (then: (Step & { kind: 'check' })['onInconclusive'], way: Arrows): string => {
  if (then.do === 'ask') return 'look another way, and decide: passed or failed'
  return way.to(then.do === 'goto' ? { goto: then.goto } : {})
}

const choiceEntries = ({ key, label, recommended, reset, ...jump }: Choice, way: Arrows): readonly Entry[] => [
  at(6, `${key}: ${writtenTemplate(label)}${recommended ? ' (recommended)' : ''}`),
  ...(reset === undefined ? [] : [at(8, `count the visits of ${way.step(reset)} from zero again`)]),
  at(8, way.to(jump)),
]
