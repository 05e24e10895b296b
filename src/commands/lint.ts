import { stat } from 'node:fs/promises'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { loadScenario } from '../drill/load-scenario.js'
import { loadFleet } from '../fleet/load.js'
import { loadRunbook } from '../runbook/load.js'
import type { Diagnostic } from '../source/diagnostic.js'
import { formatDiagnostic } from '../source/format-diagnostic.js'
import { catalogue } from './support/catalogue.js'
import { type Places, relative, runbookFiles, runbooksDir } from './support/definitions.js'
import { type Global, type Io, print, say } from './support/io.js'

export type LintOptions = Global & Places & { readonly format?: string; readonly strict?: boolean }

type Linted = { readonly diagnostics: readonly Diagnostic[]; readonly source: string }

/** Checks runbooks, fleet files and scenarios without touching anything; findings go to stdout. */
export const lint = async (io: Io, paths: readonly string[], options: LintOptions): Promise<ExitCode> => {
  const format = options.format ?? 'text'
  if (format !== 'text' && format !== 'json') {
    say(io, `firebreak: --format cannot be ${format}\n  next: use text or json`)
    return EXIT.usage
  }
  const files = await collect(io, paths, options)
  const linted = await Promise.all(files.map(file => lintFile(file)))
  report(io, files.length, linted, format)
  const findings = linted.flatMap(({ diagnostics }) => diagnostics)
  const bad = findings.some(({ severity }) => severity === 'error' || options.strict)
  return bad ? EXIT.unresolved : EXIT.done
}

/** Paths as given; a folder stands for what is in it. Without any, the folder with the runbooks. */
const collect = async (io: Io, paths: readonly string[], places: Places): Promise<readonly string[]> => {
  const said = paths.length > 0 ? paths.map(name => path.resolve(io.cwd, name)) : [runbooksDir(io, places)]
  const found = await Promise.all(said.map(expand))
  return found.flat()
}

const expand = async (file: string): Promise<readonly string[]> => {
  const isFolder = await stat(file).then(
    found => found.isDirectory(),
    () => false,
  )
  if (!isFolder) return [file]
  const runbooks = await runbookFiles(file)
  const drills = await runbookFiles(path.join(file, 'drills'))
  const fleet = path.join(file, 'fleet.yaml')
  const hasFleet = await stat(fleet).then(
    () => true,
    () => false,
  )
  const inside = [...(hasFleet ? [fleet] : []), ...runbooks, ...drills]
  // A folder without any runbook was hardly meant: the reader of files says that it is a folder.
  return inside.length > 0 ? inside : [file]
}

const lintFile = (file: string): Promise<Linted> => {
  if (path.basename(file) === 'fleet.yaml') return loadFleet(file)
  if (path.basename(path.dirname(file)) === 'drills') return loadScenario(file)
  return loadRunbook(file, catalogue)
}

const report = (io: Io, files: number, linted: readonly Linted[], format: 'text' | 'json'): void => {
  const findings = linted.flatMap(({ diagnostics }) => diagnostics.map(diagnostic => relative(io, diagnostic)))
  if (format === 'json') {
    print(io, JSON.stringify({ v: 1, findings }, null, 2))
    return
  }
  for (const { diagnostics, source } of linted)
    for (const diagnostic of diagnostics) print(io, `${formatDiagnostic(relative(io, diagnostic), source)}\n`)
  const errors = findings.filter(({ severity }) => severity === 'error').length
  print(
    io,
    `${files} ${files === 1 ? 'file' : 'files'}, ${errors} errors, ${findings.length - errors} warnings`,
  )
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`
