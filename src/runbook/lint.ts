import type { Runbook } from '../domain/runbook.js'
import { type Diagnostic, diagnose, sortDiagnostics } from '../source/diagnostic.js'
import { sourceOf } from '../source/source.js'
import { type CallFile, checkCalls } from './calls.js'
import type { Catalogue } from './catalogue.js'
import { callFileOf, findCalled } from './find-called.js'
import { folderLibrary } from './library.js'
import { type LoadedRunbook, loadRunbook } from './load.js'
import { sameTriggers } from './same-triggers.js'

/** What `lint --format json` prints. */
type LintReport = { readonly v: 1; readonly findings: readonly Diagnostic[] }

export type Linted = {
  readonly report: LintReport
  /** Texts by file, for excerpts. */
  readonly sources: ReadonlyMap<string, string>
}

export type LintOptions = {
  /** Where called runbooks are looked for besides. */
  readonly folders?: readonly string[]
  /** What there is to use for the runbook in that file, with what its fleet's guardrails say. */
  readonly catalogueOf?: (file: string) => Promise<Catalogue>
}

/**
 * All findings of those files, sorted by file and place; also names and triggers that two runbooks share, and
 * calls that fit no runbook: of these files, of the folder of the one that calls, or of those folders. Never rejects.
 */
export const lintRunbooks = async (
  files: readonly string[],
  catalogue: Catalogue,
  { folders = [], catalogueOf = async () => catalogue }: LintOptions = {},
): Promise<Linted> => {
  const loaded: Loaded[] = []
  // A few at a time: of each, only what is shown or compared is kept.
  for (let next = 0; next < files.length; next += AT_ONCE)
    loaded.push(...(await Promise.all(files.slice(next, next + AT_ONCE).map(file => load(file, catalogueOf)))))
  const called = await findCalled(loaded, folderLibrary(folders, catalogue))
  const findings = [
    ...loaded.flatMap(({ diagnostics }) => diagnostics),
    ...sharedNames(loaded),
    ...sameTriggers(loaded),
    ...checkCalls(loaded, called),
  ]
  return {
    report: { v: 1, findings: sortDiagnostics(findings) },
    sources: new Map(loaded.map(({ file, source }) => [file, source])),
  }
}

type Loaded = CallFile &
  Pick<LoadedRunbook, 'diagnostics'> & {
    readonly runbook?: Pick<Runbook, 'name' | 'triggers'>
  }

const AT_ONCE = 16

const load = async (file: string, catalogueOf: (file: string) => Promise<Catalogue>): Promise<Loaded> => {
  const loaded = await loadRunbook(file, await catalogueOf(file))
  const { runbook, diagnostics } = loaded
  const known = runbook ? { runbook: { name: runbook.name, triggers: runbook.triggers } } : {}
  return { ...callFileOf({ file, loaded }), diagnostics, ...known }
}

const sharedNames = (loaded: readonly Loaded[]): Diagnostic[] => {
  const first = new Map<string, string>()
  const findings: Diagnostic[] = []
  for (const { file, runbook, source } of loaded) {
    if (!runbook) continue
    const other = first.get(runbook.name)
    if (other === undefined) first.set(runbook.name, file)
    else if (other !== file) findings.push(sharedName(file, source, runbook.name, other))
  }
  return findings
}

const sharedName = (file: string, text: string, name: string, other: string): Diagnostic => {
  const start = Math.max(0, text.search(/^runbook:/m))
  const message = `${other} is called \`${name}\` already`
  return diagnose(
    sourceOf(file, text),
    { start, end: start + 'runbook'.length },
    { rule: 'duplicate-runbook', message },
  )
}
