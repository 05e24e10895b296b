import path from 'node:path'
import { remembered } from '../../../domain/remembered.js'
import { loadScenario } from '../../../drill/load-scenario.js'
import { loadFleet } from '../../../fleet/load.js'
import { runbookNames } from '../../../runbook/library.js'
import { lintRunbooks } from '../../../runbook/lint.js'
import type { Diagnostic } from '../../../source/diagnostic.js'
import { catalogue, catalogueFor } from '../catalogue.js'
import { lintTests } from '../testing/lint-tests.js'
import { kindOf } from './files.js'
import type { Findings } from './report.js'

type Found = Omit<Findings, 'files'>

/** `dir`: where runbooks are looked for that stand nowhere else. `cwd`: where paths in files begin. */
type Where = { readonly dir: string; readonly cwd: string }

/**
 * All that is wrong with those files. Runbooks are looked at together, for two may not share a name, and one may run
 * another; and in the light of the fleet file beside them, whose guardrails may let no plan of theirs pass: it is
 * read once, however many ask for it.
 */
export const lintAll = async (files: readonly string[], { dir, cwd }: Where): Promise<Found> => {
  const fleetAt = remembered(loadFleet)
  const of = (kind: ReturnType<typeof kindOf>) => files.filter(file => kindOf(file) === kind)
  const found = await Promise.all([
    ...of('fleet').map(file => alone(file, fleetAt(file))),
    ...of('scenario').map(file => alone(file, lintScenario(file, fleetAt))),
    ...of('tests').map(file => alone(file, lintTestFile(file, cwd, fleetAt))),
    lintTogether(of('runbook'), dir, fleetAt),
  ])
  return {
    findings: found.flatMap(({ findings }) => findings),
    sources: new Map(found.flatMap(({ sources }) => [...sources])),
  }
}

const lintTogether = async (
  files: readonly string[],
  dir: string,
  fleetAt: typeof loadFleet,
): Promise<Found> => {
  const catalogueIn = remembered(async (folder: string) => {
    const { fleet } = await fleetAt(path.join(folder, 'fleet.yaml'))
    return fleet ? catalogueFor(fleet) : catalogue
  })
  const catalogueOf = (file: string) => catalogueIn(path.dirname(file))
  const { report, sources } = await lintRunbooks(files, catalogue, { folders: [dir], catalogueOf })
  return { findings: report.findings, sources }
}

/** A scenario in the light of the runbooks and the fleet that its drill would find beside its folder. */
const lintScenario = async (file: string, fleetAt: typeof loadFleet): Loading => {
  const dir = path.dirname(path.dirname(file))
  const runbooks = await runbookNames(dir)
  const { fleet } = await fleetAt(path.join(dir, 'fleet.yaml'))
  return loadScenario(file, { runbooks, ...(fleet ? { clusters: Object.keys(fleet.clusters) } : {}) })
}

const lintTestFile = async (file: string, cwd: string, fleetAt: typeof loadFleet): Loading => {
  const { fleet } = await fleetAt(path.join(path.dirname(path.dirname(file)), 'fleet.yaml'))
  return lintTests(file, { cwd, ...(fleet ? { fleet } : {}) })
}

type Loading = Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly source: string }>

const alone = async (file: string, loading: Loading): Promise<Found> => {
  const { diagnostics, source } = await loading
  return { findings: diagnostics, sources: new Map([[file, source]]) }
}
