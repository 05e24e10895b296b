import { createHash } from 'node:crypto'
import type { ASTNode } from '@marcbachmann/cel-js'
import type { InputSpec, Runbook } from '../domain/runbook.js'
import { decode } from '../source/decode.js'
import { type Diagnostic, hasErrors, sortDiagnostics } from '../source/diagnostic.js'
import { foundName } from '../source/explain-issue.js'
import { loadYaml } from '../source/load-yaml.js'
import { entryOf, headSpan, type MapNode, nodeAt, type SourceNode } from '../source/node.js'
import { type ParsedYaml, parseYaml } from '../source/parse-yaml.js'
import { type LoadedCall, typedCall } from './call-draft.js'
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

/** Name and inputs of a runbook; a spec is absent where it has findings. */
export type Callable = {
  readonly name: string
  readonly inputs: ReadonlyMap<string, InputSpec | undefined>
}

export type LoadedRunbook = {
  /** Absent where there is any error; warnings do not take it away. */
  readonly runbook?: Runbook
  /** What a call of it has to fit, where the file says its name; also beside errors. */
  readonly callable?: Callable
  /** The places that name another runbook, with what is given there. */
  readonly calls: readonly LoadedCall[]
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
  if (root === undefined) return { calls: [], diagnostics: parsed.diagnostics, source: source.text }
  const draft = newDraft(source, catalogue)
  const { header, calls } = readParts(draft, root)
  const diagnostics = sortDiagnostics(draft.diagnostics)
  const runbook = header === undefined || hasErrors(diagnostics) ? undefined : toRunbook(draft, header)
  const callable = callableOf(draft, root)
  return { ...defined({ runbook, callable }), calls, diagnostics, source: source.text }
}

type Parts = { readonly header: Header | undefined; readonly calls: readonly LoadedCall[] }

const readParts = (draft: Draft, root: SourceNode): Parts => {
  if (root.kind !== 'map') {
    const message = `a runbook must be a map, found ${foundName(root)}`
    report(draft, headSpan(root), { rule: 'wrong-type', message, suggestion: 'begin with runbook: a-name' })
    return { header: undefined, calls: [] }
  }
  const header = readHeader(draft, root)
  readSteps(draft, root)
  const views = checkStructure(draft)
  const given = new Set(draft.calls.flatMap(call => call.given.flatMap(({ site }) => site ?? [])))
  const types = new Map<Site, string>()
  const trees = new Map<Site, ASTNode>()
  const environment = typedEnvironment(draft)
  for (const site of draft.sites) {
    const checked = checkSite(draft, environment, site)
    if (checked) trees.set(site, checked.tree)
    if (checked && given.has(site)) types.set(site, checked.type)
  }
  checkAuthoring(draft, root, trees, views)
  return { header, calls: draft.calls.map(call => typedCall(call, types)) }
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

const callableOf = ({ inputs }: Draft, root: SourceNode): Callable | undefined => {
  const name = nodeAt(root, ['runbook'])
  return name?.kind === 'scalar' && typeof name.value === 'string' ? { name: name.value, inputs } : undefined
}

const toRunbook = ({ source, inputs, block }: Draft, header: Header): Runbook => ({
  name: header.runbook,
  title: header.title,
  ...defined({ severity: header.severity, owner: header.owner }),
  triggers: header.triggers,
  inputs: Object.fromEntries([...inputs].flatMap(([name, spec]) => (spec === undefined ? [] : [[name, spec]]))),
  steps: block.steps.flatMap(({ step }) => (step === undefined ? [] : [step])),
  hash: createHash('sha256').update(source.text).digest('hex'),
})
