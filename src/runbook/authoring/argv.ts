import { entryOf, nodeAt, type SourceNode } from '../../source/node.js'
import { type Draft, report, type StepDraft } from '../draft.js'
import { parseTemplateText } from '../expressions/template.js'

/** Shell syntax in the words of a command: no shell reads them, so they are passed on as they are. */
export const checkArgv = (draft: Draft, steps: readonly StepDraft[]): void => {
  for (const { node, kind } of steps) {
    if (kind !== 'action' && kind !== 'check') continue
    checkWords(draft, entryOf(nodeAt(node, ['with']), 'argv')?.node)
  }
}

const checkWords = (draft: Draft, argv: SourceNode | undefined): void => {
  if (argv?.kind !== 'list') return
  const words = argv.items.map(literalOf)
  const script = scriptOf(words)
  for (const [index, item] of argv.items.entries()) {
    const sign = index === script ? undefined : shellSignOf(words[index] ?? '')
    if (sign === undefined) continue
    report(draft, item, {
      rule: 'argv-metacharacters',
      severity: 'warning',
      message: `no shell runs this command: \`${sign}\` reaches it as plain text`,
      suggestion: 'put the line into a script, and run that',
    })
  }
}

/** A word without its expressions: what they give is not known here. */
const literalOf = (item: SourceNode): string => {
  if (item.kind !== 'scalar') return ''
  const parsed = parseTemplateText(String(item.value))
  return parsed.ok ? parsed.parts.filter(part => typeof part === 'string').join('') : ''
}

const shellSignOf = (word: string): string | undefined =>
  word === '*' ? word : /\|{1,2}|>{1,2}|<{1,2}|&&|;|\$\(|`/.exec(word)?.[0]

/** The place of what a shell is given by `-c`, where the program is one. */
const scriptOf = (words: readonly string[]): number | undefined => {
  if (!/(?:^|\/)(?:ba|da|z|k)?sh$/.test(words[0] ?? '')) return undefined
  const flag = words.findIndex(word => /^-[a-z]*c$/.test(word))
  return flag === -1 ? undefined : flag + 1
}
