import { entryOf, type MapNode, nodeAt, type ScalarNode, type SourceNode } from '../../source/node.js'
import { spanInScalar } from '../../source/scalar-offset.js'
import { type Draft, report, type StepDraft } from '../draft.js'

/** Values in `with` that are written out and look like a credential. */
export const checkCredentials = (draft: Draft, steps: readonly StepDraft[]): void => {
  for (const step of steps) for (const given of givenIn(step)) checkValue(draft, given, undefined)
}

/** What a step gives to a check, to an action, or to another runbook. */
const givenIn = ({ node, kind }: StepDraft): readonly SourceNode[] => {
  const entries = entriesOf(kind === undefined ? undefined : nodeAt(node, [kind === 'ask' ? 'choices' : kind]))
  const places = kind === 'ask' || kind === 'branch' ? entries : [node]
  return places.flatMap(place => entryOf(place, 'with')?.node ?? [])
}

const entriesOf = (node: SourceNode | undefined): readonly SourceNode[] => {
  if (node?.kind === 'map') return node.entries.map(entry => entry.node)
  return node?.kind === 'list' ? node.items : []
}

const checkValue = (draft: Draft, node: SourceNode, key: string | undefined): void => {
  if (node.kind === 'list') for (const item of node.items) checkValue(draft, item, key)
  else if (node.kind === 'map') checkMap(draft, node)
  else if (typeof node.value === 'string') checkText(draft, node, node.value, key)
}

const checkMap = (draft: Draft, node: MapNode): void => {
  const reference = isReference(node)
  for (const { key, node: value } of node.entries) {
    if (reference && key === 'secret') continue
    checkValue(draft, value, key)
  }
}

/** `{ secret: NAME }`, also with its `prefix`; whether that is a name is the schema's to say. */
const isReference = ({ entries }: MapNode): boolean =>
  entries.every(({ key }) => key === 'secret' || key === 'prefix')

const checkText = (draft: Draft, node: ScalarNode, text: string, key: string | undefined): void => {
  const looks = LOOKS.find(({ pattern }) => pattern.test(text))
  const found = looks?.pattern.exec(text)
  const plain = text.trim() !== '' && !text.includes('${{')
  if (looks && found) {
    const span = spanInScalar(draft.source, node, found.index, found.index + found[0].length)
    reportSecret(draft, span, `this looks like ${looks.name}`)
  } else if (plain && key !== undefined && TELLING_KEY.test(key)) {
    reportSecret(draft, node, `the value of \`${key}\` is written out`)
  }
}

const reportSecret = (draft: Draft, span: Parameters<typeof report>[1], what: string): void =>
  report(draft, span, {
    rule: 'secret-in-plain-text',
    message: `${what}: everyone who can read this file can use it`,
    suggestion: 'write { secret: NAME } instead, and change that credential, for it was in a file',
  })

const LOOKS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'an AWS access key id', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { name: 'a private key', pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY/ },
  { name: 'a bearer token', pattern: /\bBearer +[\w.~+/-]{20,}=*/i },
]

const TELLING_KEY = /^(?:password|passwd|token|secret|api[_-]?key)$/i
