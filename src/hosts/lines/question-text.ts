import type { GateLevel } from '../../domain/plan.js'
import { type Question, VERB } from '../../domain/question.js'
import { hang } from './layout.js'
import { HOST_VERB } from './matching.js'
import type { Paint } from './paint.js'

/** What stands on the screen before the question is answered: its options. Verbs are listed on demand. */
export const questionText = (question: Question, paint: Paint, width: number | undefined): string =>
  [
    '',
    `${paint('warn', '?')} ${paint('title', question.title)}`,
    `  ${hang('  ', question.text, width, line => line)}`,
    ...gateLines(question, paint, width),
    ...question.options.map(option => entryLine(option, paint)),
  ].join('\n')

const gateLines = ({ gate, verbs }: Question, paint: Paint, width: number | undefined): readonly string[] => {
  if (gate === undefined) return []
  const { level, reasons } = gate
  const tone = level === 'refused' ? 'bad' : 'quiet'
  const override = level === 'refused' ? verbs.find(({ key }) => key === VERB.override) : undefined
  return [
    `  ${hang('  ', `${CONSENT[level]}: ${reasons.join(', ')}`, width, line => paint(tone, line))}`,
    ...(override ? [paint('quiet', `  ${override.key} may be typed: ${override.label}`)] : []),
  ]
}

const CONSENT = {
  auto: 'nobody need agree',
  operator: 'needs your consent',
  typed: 'needs your consent, typed',
  peer: 'needs a second person',
  refused: 'is refused',
} as const satisfies { readonly [level in GateLevel]: string }

/** The line that is typed on: what answers, and how to see the rest. */
export const promptLine = ({ options }: Question): string =>
  `${options.map(({ key }) => key).join(' / ')} (${HOST_VERB.help} for more):`

/** Everything that can be typed; a verb that an option hides cannot. */
export const helpText = ({ options, verbs }: Question, paint: Paint): string => {
  const taken = new Set(options.map(({ key }) => key.toLowerCase()))
  return [...options, ...[...verbs, ...HOST_ENTRIES].filter(({ key }) => !taken.has(key))]
    .map(entry => entryLine(entry, paint))
    .join('\n')
}

const HOST_ENTRIES: readonly Entry[] = [
  { key: HOST_VERB.commands, label: 'Show the commands that do the same by hand' },
  { key: HOST_VERB.help, label: 'Show this list' },
]

/** Commands are not wrapped: they are copied from the screen. */
export const commandsText = ({ gate }: Question, paint: Paint): string => {
  const commands = gate?.plan.commands ?? []
  if (commands.length === 0) return paint('quiet', '  There is nothing to do by hand here.')
  const head = paint('quiet', '  The same by hand, for reading: firebreak does not run these lines.')
  return [head, ...commands.map(command => `    ${command}`)].join('\n')
}

type Entry = { readonly key: string; readonly label: string; readonly recommended?: boolean }

const entryLine = ({ key, label, recommended }: Entry, paint: Paint): string =>
  `    ${paint('title', key.padEnd(10))} ${label}${recommended ? paint('quiet', '  (recommended)') : ''}`
