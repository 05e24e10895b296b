import { formatDuration } from '../../domain/duration.js'
import type { Step } from '../../domain/runbook.js'
import { writtenTemplate } from '../written.js'
import { escapeLabel } from './escape.js'

/** A step as the line of its node. */
export const nodeLine = (step: Step, id: string, number: string): string => {
  const [open, close] = SHAPE[step.kind]
  const lines = [`${number} · ${step.title ?? step.id}`, kindWords(step)]
  return `${id}${open}"${lines.map(escapeLabel).join('<br/>')}"${close}`
}

/** What stands around a label; each kind has a shape of its own. */
const SHAPE: { readonly [kind in Step['kind']]: readonly [open: string, close: string] } = {
  check: ['{{', '}}'],
  action: ['[', ']'],
  ask: ['[/', '/]'],
  manual: ['[\\', '/]'],
  branch: ['{', '}'],
  notify: ['[/', '\\]'],
  wait: ['(', ')'],
  parallel: ['[\\', '\\]'],
  each: ['[(', ')]'],
  run: ['[[', ']]'],
  goto: ['>', ']'],
  end: ['([', '])'],
}

const kindWords = (step: Step): string => {
  switch (step.kind) {
    case 'check':
      return `check ${step.check}`
    case 'action':
      return `action ${step.action}`
    case 'notify':
      return step.to === undefined ? 'notify' : `notify ${step.to}`
    case 'wait':
      return typeof step.wait === 'number'
        ? `wait ${formatDuration(step.wait)}`
        : `wait, at most ${formatDuration(step.wait.within)}`
    case 'each':
      return `each ${step.as} of ${writtenTemplate(step.each)}`
    case 'run':
      return `run ${step.run.runbook}`
    case 'goto':
      return `goto ${step.goto}`
    case 'end':
      return `end ${step.end}`
    default:
      return step.kind
  }
}

/** What the lists of steps in a step are called. */
export const blockTitles = (step: Step): readonly string[] => {
  if (step.kind === 'parallel') return step.parallel.map(({ name }) => name)
  if (step.kind !== 'each') return []
  return [
    step.maxParallel > 1 ? `each ${step.as}, ${step.maxParallel} at a time` : `each ${step.as}, one by one`,
  ]
}
