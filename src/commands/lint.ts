import { stat } from 'node:fs/promises'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { loadScenario } from '../drill/load-scenario.js'
import { loadFleet } from '../fleet/load.js'
import { lintRunbooks } from '../runbook/lint.js'
import type { Diagnostic } from '../source/diagnostic.js'
import { formatDiagnostic } from '../source/format-diagnostic.js'
import { catalogue } from './support/catalogue.js'
import { type Places, relative, runbookFiles, runbooksDir } from './support/definitions.js'
import { type Global, type Io, print, say } from './support/io.js'

export type LintOptions = Global & Places & { readonly format?: string; readonly strict?: boolean }

/** Findings, and the texts that they are shown in. */
type Found = { readonly findings: readonly Diagnostic[]; readonly sources: ReadonlyMap<string, string> }

/** Checks runbooks, fleet files and scenarios without touching anything; findings go to stdout. */
export const lint = async (io: Io, paths: readonly string[], options: LintOptions): Promise<ExitCode> => {
  const format = options.format ?? 'text'
  if (format !== 'text' && format !== 'json') {
    say(io, `firebreak: --format cannot be ${format}\n  next: use text or json`)
    return EXIT.usage
  }
  const files = await collect(io, paths, options)
  const found = merge(await Promise.all(lintersFor(files)))
  report(io, files.length, found, format)
  const bad = found.findings.some(({ severity }) => severity === 'error' || options.strict)
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

/** What a file is, its name and its folder say. Runbooks are looked at together: two may not share a name. */
const lintersFor = (files: readonly string[]): Promise<Found>[] => {
  const kindOf = (file: string) => {
    if (path.basename(file) === 'fleet.yaml') return 'fleet'
    return path.basename(path.dirname(file)) === 'drills' ? 'scenario' : 'runbook'
  }
  const runbooks = files.filter(file => kindOf(file) === 'runbook')
  const fleetAt = once(loadFleet)
  return [
    ...files.filter(file => kindOf(file) === 'fleet').map(file => alone(file, fleetAt(file))),
    ...files.filter(file => kindOf(file) === 'scenario').map(file => alone(file, lintScenario(file, fleetAt))),
    lintRunbooks(runbooks, catalogue).then(({ report: { findings }, sources }) => ({ findings, sources })),
  ]
}

/** A scenario in the light of the runbooks and the fleet that its drill would find beside its folder. */
const lintScenario = async (file: string, fleetAt: typeof loadFleet): Loading => {
  const dir = path.dirname(path.dirname(file))
  const runbooks = (await runbookFiles(dir)).map(name => path.basename(name, '.yaml'))
  const { fleet } = await fleetAt(path.join(dir, 'fleet.yaml'))
  return loadScenario(file, { runbooks, ...(fleet ? { clusters: Object.keys(fleet.clusters) } : {}) })
}

/** A fleet file is checked for itself, and asked for by each scenario beside it: it is read once. */
const once = (load: typeof loadFleet): typeof loadFleet => {
  const loaded = new Map<string, ReturnType<typeof loadFleet>>()
  return file => {
    const known = loaded.get(file) ?? load(file)
    loaded.set(file, known)
    return known
  }
}

type Loading = Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly source: string }>

const alone = async (file: string, loading: Loading): Promise<Found> => {
  const { diagnostics, source } = await loading
  return { findings: diagnostics, sources: new Map([[file, source]]) }
}

const merge = (found: readonly Found[]): Found => ({
  findings: found.flatMap(({ findings }) => findings),
  sources: new Map(found.flatMap(({ sources }) => [...sources])),
})

const report = (io: Io, files: number, { findings, sources }: Found, format: 'text' | 'json'): void => {
  if (format === 'json') {
    const shown = findings.map(finding => relative(io, finding))
    print(io, JSON.stringify({ v: 1, findings: shown }, null, 2))
    return
  }
  for (const finding of findings)
    print(io, `${formatDiagnostic(relative(io, finding), sources.get(finding.file) ?? '')}\n`)
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const totals = [count(files, 'file'), count(errors, 'error'), count(findings.length - errors, 'warning')]
  print(io, totals.join(', '))
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`
