import path from 'node:path'
import type { Measures } from '../../../drill/measures.js'
import { folderLibrary } from '../../../runbook/library.js'
import { loadRunbook } from '../../../runbook/load.js'
import { loadWithCalls } from '../../../runbook/load-with-calls.js'
import { type Diagnostic, hasErrors } from '../../../source/diagnostic.js'
import { type Around, isPath } from '../../../testing/misfits.js'
import { loadTests } from '../../../testing/test-file.js'
import { catalogue } from '../catalogue.js'
import { runbookFiles } from '../definitions.js'

type Linted = {
  readonly diagnostics: readonly Diagnostic[]
  readonly source: string
}

type Where = {
  /** The folder with runbooks and drills; the one above the file's own unless given. */
  readonly dir?: string
  /** Where a runbook that is named by its path is looked for; without it, nothing is said of such a one. */
  readonly cwd?: string
}

/**
 * What is wrong with a file of tests, in the light of the runbook that it tests and of the drills beside that.
 * What is wrong with the runbook itself is not told here.
 */
export const lintTests = async (file: string, where: Where = {}): Promise<Linted> => {
  const { dir = path.dirname(path.dirname(file)), cwd } = where
  const { tests, diagnostics, source, against } = await loadTests(file)
  if (!tests) return { diagnostics, source }
  const [runbooks, scenarios] = await Promise.all([namesIn(dir), namesIn(path.join(dir, 'drills'))])
  const at = isPath(tests.runbook)
    ? cwd && path.resolve(cwd, tests.runbook)
    : runbooks.includes(tests.runbook) && path.join(dir, `${tests.runbook}.yaml`)
  const known = at ? await runbookAt(at, dir) : {}
  const misfits = against({ runbooks, scenarios, measures: MEASURES, ...known })
  return { diagnostics: [...diagnostics, ...misfits], source }
}

const namesIn = async (dir: string): Promise<readonly string[]> =>
  (await runbookFiles(dir)).map(file => path.basename(file, '.yaml'))

/** The runbook and those that it can lead to; nothing where anything is wrong with them. */
const runbookAt = async (file: string, dir: string): Promise<Pick<Around, 'runbook' | 'others'>> => {
  const own = { file, loaded: await loadRunbook(file, catalogue) }
  const { main, others, diagnostics } = await loadWithCalls(own, folderLibrary([dir], catalogue))
  if (!main.runbook || hasErrors(diagnostics)) return {}
  const called = [...others.values()].flatMap(({ loaded }) => (loaded.runbook ? [loaded.runbook] : []))
  return { runbook: main.runbook, others: called }
}

const MEASURE_NAMES: { readonly [M in keyof Measures]: true } = {
  seconds_to_relief: true,
  customer_seconds_hurt: true,
  faulted_replaced: true,
  healthy_replaced: true,
  instances_launched: true,
  instances_leaked: true,
  connections_cut: true,
  legit_clients_blocked: true,
  minutes: true,
}
const MEASURES = Object.keys(MEASURE_NAMES)
