import { createHash } from 'node:crypto'
import type { ASTNode } from '@marcbachmann/cel-js'
import type { Runbook } from '../domain/runbook.js'
import { decode } from '../source/decode.js'
import { type Diagnostic, hasErrors, sortDiagnostics } from '../source/diagnostic.js'
import { foundName } from '../source/explain-issue.js'
import { loadYaml } from '../source/load-yaml.js'
import { entryOf, headSpan, type MapNode, type SourceNode } from '../source/node.js'
import { type ParsedYaml, parseYaml } from '../source/parse-yaml.js'
import type { Catalogue } from './catalogue.js'
import { checkAuthoring } from './check-authoring.js'
import { checkStructure } from './check-structure.js'
import { defined } from './defined.js'
import { type Draft, newDraft, report, type Site } from './draft.js'
import { checkSite } from './expressions/check-site.js'
import { typedEnvironment } from './expressions/typed-environment.js'
import { type Header, readHeader } from './read-header.js'
import { readStep } from './read-step.js'
import { PHASE_SCHEMA } from './schema.js'

export type LoadedRunbook = {
  /** Absent where there is any error; warnings do not take it away. */
  readonly runbook?: Runbook
  /** From the top of the file. */
  readonly diagnostics: readonly Diagnostic[]
  /** The text, for excerpts. Empty where the file could not be read. */
  readonly source: string
}

/** A runbook from a file, checked against what there is to use. Never rejects. */
export const loadRunbook = async (file: string, catalogue: Catalogue): Promise<LoadedRunbook> =>
  readRunbook(await loadYaml(file), catalogue)

/** The same from a text that is at hand. */
export const parseRunbook = (text: string, file: string, catalogue: Catalogue): LoadedRunbook =>
  readRunbook(parseYaml(text, file), catalogue)

const readRunbook = (parsed: ParsedYaml, catalogue: Catalogue): LoadedRunbook => {
  const { source, root } = parsed
  if (root === undefined) return { diagnostics: parsed.diagnostics, source: source.text }
  const draft = newDraft(source, catalogue)
  const header = readParts(draft, root)
  const diagnostics = sortDiagnostics(draft.diagnostics)
  if (header === undefined || hasErrors(diagnostics)) return { diagnostics, source: source.text }
  return { runbook: toRunbook(draft, header), diagnostics, source: source.text }
}

const readParts = (draft: Draft, root: SourceNode): Header | undefined => {
  if (root.kind !== 'map') {
    const message = `a runbook must be a map, found ${foundName(root)}`
    report(draft, headSpan(root), { rule: 'wrong-type', message, suggestion: 'begin with runbook: a-name' })
    return undefined
  }
  const header = readHeader(draft, root)
  readSteps(draft, root)
  checkStructure(draft)
  const environment = typedEnvironment(draft)
  const trees = new Map<Site, ASTNode>()
  for (const site of draft.sites) {
    const tree = checkSite(draft, environment, site)
    if (tree) trees.set(site, tree)
  }
  checkAuthoring(draft, root, trees)
  return header
}

const readSteps = (draft: Draft, root: MapNode): void => {
  const rows = entryOf(root, 'steps')?.node
  let phase: string | undefined
  for (const row of rows?.kind === 'list' ? rows.items : []) {
    if (entryOf(row, 'phase')) phase = readPhase(draft, row) ?? phase
    else readStep(draft, row, phase)
  }
}

const readPhase = (draft: Draft, row: SourceNode): string | undefined => {
  const decoded = decode(draft.source, row, PHASE_SCHEMA)
  if (decoded.ok) return decoded.value.phase
  draft.diagnostics.push(...decoded.diagnostics)
  return undefined
}

const toRunbook = ({ source, steps, inputs }: Draft, header: Header): Runbook => ({
  name: header.runbook,
  title: header.title,
  ...defined({ severity: header.severity, owner: header.owner }),
  triggers: header.triggers,
  inputs: Object.fromEntries([...inputs].flatMap(([name, spec]) => (spec === undefined ? [] : [[name, spec]]))),
  steps: steps.flatMap(({ step }) => (step === undefined ? [] : [step])),
  hash: createHash('sha256').update(source.text).digest('hex'),
})
