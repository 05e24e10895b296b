import { stat } from 'node:fs/promises'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { loadScenario } from '../drill/load-scenario.js'
import { loadFleet } from '../fleet/load.js'
import { lintRunbooks } from '../runbook/lint.js'
import type { Rule } from '../runbook/rules/rule.js'
import type { Diagnostic } from '../source/diagnostic.js'
import { didYouMean } from '../source/nearest.js'
import { catalogue } from './support/catalogue.js'
import { type Places, runbookFiles, runbooksDir } from './support/definitions.js'
import { type Global, type Io, print, say } from './support/io.js'
import { type Findings, FORMATS, type Format, isFormat, REPORTS } from './support/lint-report.js'

export type LintOptions = Global &
  Places & {
    readonly format?: string
    readonly strict?: boolean
    /** Id of a rule: it is told of, and nothing is checked. */
    readonly explain?: string
  }

type Found = Omit<Findings, 'files'>

/** Checks runbooks, fleet files and scenarios without touching anything; findings go to stdout. */
export const lint = async (io: Io, paths: readonly string[], options: LintOptions): Promise<ExitCode> => {
  const format = options.format ?? 'text'
  if (!isFormat(format)) {
    say(io, `firebreak: --format cannot be ${format}\n  next: use ${FORMATS.join(', ')}`)
    return EXIT.usage
  }
  if (options.explain !== undefined) return await explain(io, options.explain, format)
  const files = await collect(io, paths, options)
  const found = merge(await Promise.all(lintersFor(files, runbooksDir(io, options))))
  await REPORTS[format](io, { files: files.length, ...found })
  const bad = found.findings.some(({ severity }) => severity === 'error' || options.strict)
  return bad ? EXIT.unresolved : EXIT.done
}

const explain = async (io: Io, id: string, format: Format): Promise<ExitCode> => {
  const { RULES } = await import('../runbook/rules.js')
  const rule: Rule | undefined = Object.entries(RULES).find(([known]) => known === id)?.[1]
  if (rule === undefined) {
    const next = didYouMean(id, Object.keys(RULES)) ?? 'each finding of lint shows the name of its rule'
    say(io, `firebreak: there is no rule ${id}\n  next: ${next}`)
    return EXIT.usage
  }
  print(io, format === 'json' ? JSON.stringify({ v: 1, rule: id, ...rule }, null, 2) : pageOf(id, rule))
  return EXIT.done
}

const pageOf = (id: string, { severity, summary, why, bad, good }: Rule): string =>
  [`${severity}[${id}]`, summary, '', why, '', 'wrong:', indented(bad), '', 'right:', indented(good)].join('\n')

const indented = (text: string): string => text.replaceAll(/^/gm, '  ')

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

/**
 * What a file is, its name and its folder say. Runbooks are looked at together: two may not share a name, and one
 * may run another, which is looked for in that folder too.
 */
const lintersFor = (files: readonly string[], dir: string): Promise<Found>[] => {
  const kindOf = (file: string) => {
    if (path.basename(file) === 'fleet.yaml') return 'fleet'
    return path.basename(path.dirname(file)) === 'drills' ? 'scenario' : 'runbook'
  }
  const runbooks = files.filter(file => kindOf(file) === 'runbook')
  const fleetAt = once(loadFleet)
  return [
    ...files.filter(file => kindOf(file) === 'fleet').map(file => alone(file, fleetAt(file))),
    ...files.filter(file => kindOf(file) === 'scenario').map(file => alone(file, lintScenario(file, fleetAt))),
    lintRunbooks(runbooks, catalogue, [dir]).then(({ report: { findings }, sources }) => ({
      findings,
      sources,
    })),
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
