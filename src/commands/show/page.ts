import { blocksOf, type InputSpec, type Runbook, type Step } from '../../domain/runbook.js'
import { type Arrows, arrowsOf } from './arrows.js'
import { body } from './body.js'
import { at, BLANK, type Entry, labelled, shifted } from './entry.js'

export const PAPER = 80

/** A runbook as the lines of a page, before they are wrapped. */
export const page = (runbook: Runbook): readonly Entry[] => {
  const { steps } = runbook
  const arrows = arrowsOf(steps)
  return [
    ...top(runbook),
    ...steps.flatMap((step, place) => [
      ...(step.phase !== undefined && step.phase !== steps[place - 1]?.phase
        ? [BLANK, { lead: '-- ', text: `${step.phase} --`, tone: 'title' as const }]
        : []),
      ...sections(step, arrows(steps, place), arrows),
    ]),
  ]
}

/** A step, and below it, further in, what stands in it. */
const sections = (step: Step, way: Arrows, arrows: ReturnType<typeof arrowsOf>): readonly Entry[] => {
  const lists = blocksOf(step).map((steps, index) => {
    const branch = step.kind === 'parallel' ? step.parallel[index]?.name : undefined
    const inside = { id: step.id, ...(branch === undefined ? {} : { branch }) }
    const heading =
      branch === undefined ? [] : [BLANK, { lead: '', text: `${branch}:`, tone: 'title' as const }]
    return [
      ...heading,
      ...steps.flatMap((inner, place) => sections(inner, arrows(steps, place, inside), arrows)),
    ]
  })
  return [BLANK, ...section(step, way), ...shifted(lists.flat())]
}

const LEGEND = [
  'Take the steps by their numbers; an arrow (->) says where each one leads.',
  'Conditions stand as in the file: inputs.NAME is what is given above, result what the step itself found,',
  'steps.ID.NAME what the step [ID] found last, outcome("ID") how it ended, visits("ID") how often it was',
  'taken. Where a step fails and nothing else is said, you decide.',
].join(' ')

const top = ({ name, title, severity, owner, triggers, inputs, steps, hash }: Runbook): readonly Entry[] => [
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
  at(0, steps.some(step => blocksOf(step).length > 0) ? `${LEGEND} ${NESTED}` : LEGEND),
]

const NESTED =
  'A number with dots is that of a step inside another one: 3.left.1 is the first of left in step 3.'

const inputWords = ({ type, ask, default: fallback, fromAlert, options }: InputSpec): string => {
  const more = [
    ask === undefined ? undefined : type,
    options && `one of ${options.join(', ')}`,
    fallback === undefined ? undefined : `${JSON.stringify(fallback)} unless given`,
    fromAlert && `label ${fromAlert} of the alert`,
  ].filter(Boolean)
  return `${ask ?? type}${more.length > 0 ? ` (${more.join('; ')})` : ''}`
}

const section = (step: Step, way: Arrows): readonly Entry[] => [
  {
    lead: `${way.number(step.id).padStart(2)}. `,
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
