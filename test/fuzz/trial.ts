import type { Catalogue } from '../../src/runbook/catalogue.js'
import { parseRunbook } from '../../src/runbook/load.js'
import { formatDiagnostic } from '../../src/source/format-diagnostic.js'

export type Trial = {
  readonly typed: boolean
  readonly valid: boolean
  /** How long it took, in milliseconds of real time. */
  readonly ms: number
  /** What is not as it must be. */
  readonly wrong: readonly string[]
}

/** Reads documents with that catalogue, and notices when one comes as far as the type checker. */
export const createTrial = (catalogue: Catalogue): ((text: string) => Trial) => {
  let asked = 0
  const counting = watched(catalogue, () => {
    asked += 1
  })
  return text => {
    const before = asked
    const began = performance.now()
    try {
      const { runbook, diagnostics, source } = parseRunbook(text, 'fuzz.yaml', counting)
      const ms = performance.now() - began
      const errors = diagnostics.some(({ severity }) => severity === 'error')
      const lines = text.split('\n').length
      const wrong = [
        ...((runbook === undefined) === errors ? [] : ['a runbook beside errors, or none without']),
        ...diagnostics.flatMap(finding =>
          finding.line >= 1 && finding.line <= lines && finding.column >= 1 && finding.endLine >= finding.line
            ? []
            : [`${finding.rule} stands nowhere: ${finding.line}:${finding.column}`],
        ),
        ...diagnostics.flatMap(finding =>
          /\n\s+at |undefined|\[object/.test(formatDiagnostic(finding, source))
            ? [`${finding.rule} is not said well`]
            : [],
        ),
      ]
      return { typed: asked > before, valid: runbook !== undefined, ms, wrong }
    } catch (error) {
      const ms = performance.now() - began
      return { typed: asked > before, valid: false, ms, wrong: [`it threw ${String(error)}`] }
    }
  }
}

/** The type checker asks for the outputs of the checks and actions that a runbook names; nothing else does. */
const watched = ({ checks, actions }: Catalogue, onAsked: () => void): Catalogue => {
  const watch = (entries: Catalogue['checks']): Catalogue['checks'] =>
    Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [
        name,
        Object.defineProperty({ ...entry }, 'output', {
          get: () => {
            onAsked()
            return entry.output
          },
        }),
      ]),
    )
  return { checks: watch(checks), actions: watch(actions) }
}
