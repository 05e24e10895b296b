import type { Runbook } from '../domain/runbook.js'
import { type Diagnostic, diagnose } from '../source/diagnostic.js'
import { headSpan, nodeAt } from '../source/node.js'
import { parseYaml } from '../source/parse-yaml.js'

type Loaded = {
  readonly file: string
  readonly source: string
  readonly runbook?: Pick<Runbook, 'triggers'>
}
type Trigger = Runbook['triggers'][number]

/** An alert that fits a trigger fits every runbook that has the same: nothing says which is meant. */
export const sameTriggers = (loaded: readonly Loaded[]): readonly Diagnostic[] => {
  const first = new Map<string, string>()
  const findings: Diagnostic[] = []
  for (const { file, source, runbook } of loaded) {
    for (const [index, trigger] of (runbook?.triggers ?? []).entries()) {
      const labels = labelsOf(trigger)
      const other = first.get(labels)
      if (other === undefined) first.set(labels, file)
      else if (other !== file) findings.push(sameTrigger(file, source, index, other))
    }
  }
  return findings
}

/** The order of labels says nothing. */
const labelsOf = (trigger: Trigger): string => JSON.stringify(Object.entries(trigger).sort())

/** A loaded runbook has no places any more; for the few that are named here, the text is read once more. */
const sameTrigger = (file: string, text: string, index: number, other: string): Diagnostic => {
  const { source, root } = parseYaml(text, file)
  const node = root && nodeAt(root, ['triggers', index])
  return diagnose(source, node ? headSpan(node) : { start: 0, end: 0 }, {
    rule: 'same-trigger',
    severity: 'warning',
    message: `${other} has the same trigger: an alert cannot tell the two apart`,
    suggestion: 'add a label that only one of them is for',
  })
}
