import path from 'node:path'
import type { Runbook } from '../../../domain/runbook.js'
import type { Fleet } from '../../../fleet/fleet.js'
import { loadFleet } from '../../../fleet/load.js'
import { folderLibrary, runbookNames } from '../../../runbook/library.js'
import { loadRunbook } from '../../../runbook/load.js'
import { loadWithCalls } from '../../../runbook/load-with-calls.js'
import { type Diagnostic, hasErrors } from '../../../source/diagnostic.js'
import { isPath, type WrongInput } from '../../../testing/misfits.js'
import { loadTests, type TestFile } from '../../../testing/test-file.js'
import { catalogue } from '../catalogue.js'
import { resolveInputs } from '../inputs.js'
import { MEASURES } from './measures.js'

type Linted = {
  readonly diagnostics: readonly Diagnostic[]
  readonly source: string
}

type Where = {
  /** The folder with runbooks and drills; the one above the file's own unless given. */
  readonly dir?: string
  /** Where a runbook that is named by its path is looked for; without it, nothing is said of such a one. */
  readonly cwd?: string
  /** Whose clusters can be inputs; that of the folder unless given. */
  readonly fleet?: Fleet
}

/**
 * What is wrong with a file of tests, in the light of the runbook that it tests and of the drills beside that.
 * What is wrong with the runbook itself is not told here.
 */
export const lintTests = async (file: string, where: Where = {}): Promise<Linted> => {
  const { dir = path.dirname(path.dirname(file)), cwd } = where
  const { tests, diagnostics, source, against } = await loadTests(file)
  if (!tests) return { diagnostics, source }
  const [runbooks, scenarios] = await Promise.all([runbookNames(dir), runbookNames(path.join(dir, 'drills'))])
  const at = isPath(tests.runbook)
    ? cwd && path.resolve(cwd, tests.runbook)
    : runbooks.includes(tests.runbook) && path.join(dir, `${tests.runbook}.yaml`)
  const known = at ? await runbookAt(at, dir) : {}
  const fleet = where.fleet ?? (await loadFleet(path.join(dir, 'fleet.yaml'))).fleet
  const wrong = fleet && known.runbook ? await wrongInputs(tests, known.runbook, fleet) : []
  const misfits = against({
    runbooks,
    scenarios,
    measures: Object.keys(MEASURES),
    wrongInputs: wrong,
    ...known,
  })
  return { diagnostics: [...diagnostics, ...misfits], source }
}

/** The runbook and those that it can lead to; nothing where anything is wrong with them. */
const runbookAt = async (
  file: string,
  dir: string,
): Promise<{ runbook?: Runbook; others?: readonly Runbook[] }> => {
  const own = { file, loaded: await loadRunbook(file, catalogue) }
  const { main, others, diagnostics } = await loadWithCalls(own, folderLibrary([dir], catalogue))
  if (!main.runbook || hasErrors(diagnostics)) return {}
  const called = [...others.values()].flatMap(({ loaded }) => (loaded.runbook ? [loaded.runbook] : []))
  return { runbook: main.runbook, others: called }
}

/** Each value taken as the drill would take it; names that the runbook does not have are told elsewhere. */
const wrongInputs = async (
  { cases }: TestFile,
  runbook: Runbook,
  fleet: Fleet,
): Promise<readonly WrongInput[]> => {
  const given = cases.flatMap(({ answers }, index) =>
    Object.entries(answers.inputs).map(([name, value]) => ({ index, name, value })),
  )
  const found = await Promise.all(
    given.map(async ({ index, name, value }): Promise<readonly WrongInput[]> => {
      const spec = Object.hasOwn(runbook.inputs, name) ? runbook.inputs[name] : undefined
      if (!spec) return []
      const taken = await resolveInputs(
        { ...runbook, inputs: { [name]: spec } },
        fleet,
        { [name]: value },
        undefined,
      )
      return taken.ok ? [] : [{ index, name, message: taken.failure.message, next: taken.failure.next }]
    }),
  )
  return found.flat()
}
