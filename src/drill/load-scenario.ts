import { decode } from '../source/decode.js'
import { type Diagnostic, sortDiagnostics } from '../source/diagnostic.js'
import { loadYaml } from '../source/load-yaml.js'
import { type Scenario, scenarioSchema, toScenario } from './scenario.js'

export type LoadedScenario = {
  /** Absent where there is any diagnostic. */
  readonly scenario?: Scenario
  readonly diagnostics: readonly Diagnostic[]
  /** The text of the file, for the excerpts. */
  readonly source: string
}

/** Reads and checks the file of a scenario. Never rejects. */
export const loadScenario = async (file: string): Promise<LoadedScenario> => {
  const { source, root, diagnostics } = await loadYaml(file)
  if (!root) return { diagnostics, source: source.text }
  const written = decode(source, root, scenarioSchema)
  if (!written.ok) return { diagnostics: sortDiagnostics(written.diagnostics), source: source.text }
  return { scenario: toScenario(written.value, file), diagnostics: [], source: source.text }
}
