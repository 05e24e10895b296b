import { type Diagnostic, diagnose, sortDiagnostics } from '../source/diagnostic.js'
import { sourceOf } from '../source/source.js'
import type { Catalogue } from './catalogue.js'
import { type LoadedRunbook, loadRunbook } from './load.js'

/** What `lint --format json` prints. */
type LintReport = { readonly v: 1; readonly findings: readonly Diagnostic[] }

export type Linted = {
  readonly report: LintReport
  /** Texts by file, for excerpts. */
  readonly sources: ReadonlyMap<string, string>
}

/** All findings of those files, sorted by file and place; also names that two runbooks share. Never rejects. */
export const lintRunbooks = async (files: readonly string[], catalogue: Catalogue): Promise<Linted> => {
  const loaded = await Promise.all(files.map(async file => ({ file, ...(await loadRunbook(file, catalogue)) })))
  const findings = [...loaded.flatMap(({ diagnostics }) => diagnostics), ...sharedNames(loaded)]
  return {
    report: { v: 1, findings: sortDiagnostics(findings) },
    sources: new Map(loaded.map(({ file, source }) => [file, source])),
  }
}

const sharedNames = (loaded: readonly (LoadedRunbook & { readonly file: string })[]): Diagnostic[] => {
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
