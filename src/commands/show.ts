import { formatDuration } from '../domain/duration.js'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import type { Jump, Runbook, Step, Template } from '../domain/runbook.js'
import { findRunbook, type Places } from './support/definitions.js'
import { type Global, type Io, print } from './support/io.js'

/** A runbook as a page for people: usable on paper, when the tool is down. */
export const show = async (io: Io, said: string, options: Global & Places): Promise<ExitCode> => {
  const runbook = await findRunbook(io, options, said)
  if ('exit' in runbook) return runbook.exit
  for (const line of page(runbook.value)) print(io, line)
  return EXIT.done
}

const page = (runbook: Runbook): string[] => {
  const { name, title, severity, owner, inputs, steps } = runbook
  const about = [severity, owner && `owner ${owner}`].filter(Boolean).join(', ')
  return [
    title,
    '='.repeat(title.length),
    `${name}${about ? ` (${about})` : ''}`,
    ...Object.entries(inputs).map(([input, spec]) => `needs ${input}: ${spec.ask ?? spec.type}`),
    ...steps.flatMap((step, index) => [...heading(step, steps[index - 1]), '', ...section(step, index)]),
  ]
}

const heading = (step: Step, before: Step | undefined): string[] =>
  step.phase && step.phase !== before?.phase ? ['', `-- ${step.phase} --`] : []

const section = (step: Step, index: number): string[] => [
  `${String(index + 1).padStart(2)}. [${step.id}] ${step.title ?? ''}`.trimEnd(),
  ...[
    ...(step.why ? [`why: ${step.why}`] : []),
    ...(step.when ? [`only when ${step.when}`] : []),
    ...body(step),
    ...(step.limit ? [`at most ${step.limit.visits} times; then ${step.limit.then}`] : []),
    ...('onFailure' in step && step.onFailure.do === 'goto' ? [`if it fails: ${step.onFailure.goto}`] : []),
  ].map(line => `    ${line}`),
]

const body = (step: Step): string[] => {
  switch (step.kind) {
    case 'check':
      return [
        `look: ${step.check}${withWords(step.with)}`,
        ...(step.expect ? [`right when ${step.expect}`] : []),
      ]
    case 'action':
      return [`do: ${step.action}${withWords(step.with)}`, ...verifyWords(step)]
    case 'ask':
      return [`ask: ${templateText(step.ask)}`, ...step.choices.map(choice => choiceWords(choice))]
    case 'manual':
      return [`by hand: ${templateText(step.manual)}`]
    case 'branch':
      return step.branch.map(arm => `${arm.if ? `if ${arm.if}` : 'otherwise'}: ${jumpWords(arm)}`)
    case 'wait':
      return [`wait ${formatDuration(step.wait)}`]
    case 'goto':
      return [`go on at ${step.goto}`]
    case 'end':
      return [`the incident is ${step.end}`]
  }
}

const verifyWords = ({ verify }: Step & { kind: 'action' }): string[] =>
  verify
    ? [
        `then ${verify.again} must hold for ${formatDuration(verify.hold)}, within ${formatDuration(verify.within)}`,
      ]
    : []

const choiceWords = (choice: (Step & { kind: 'ask' })['choices'][number]): string =>
  `  ${choice.key}: ${templateText(choice.label)} -> ${jumpWords(choice)}${choice.recommended ? ' (recommended)' : ''}`

const jumpWords = ({ goto, end }: Jump): string => (end ? `end, ${end}` : (goto ?? 'the next step'))

const withWords = (inputs: { readonly [key: string]: Template }): string => {
  const words = Object.entries(inputs).map(([key, template]) => `${key} = ${templateText(template)}`)
  return words.length === 0 ? '' : ` (${words.join(', ')})`
}

/** A template as it was written. */
const templateText = (template: Template): string => {
  if ('cel' in template) return `\${{ ${template.cel} }}`
  if ('text' in template)
    return template.text.map(part => (typeof part === 'string' ? part : templateText(part))).join('')
  if ('literal' in template)
    return typeof template.literal === 'string' ? template.literal : JSON.stringify(template.literal)
  if ('list' in template) return `[${template.list.map(templateText).join(', ')}]`
  return `{ ${Object.entries(template.map)
    .map(([key, value]) => `${key}: ${templateText(value)}`)
    .join(', ')} }`
}
