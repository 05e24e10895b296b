import { decode } from '../source/decode.js'
import { type Diagnostic, sortDiagnostics } from '../source/diagnostic.js'
import { loadYaml } from '../source/load-yaml.js'
import type { Fleet } from './fleet.js'
import { fleetFile } from './schema.js'
import { toFleet } from './to-fleet.js'

export type LoadedFleet = {
  /** Absent where there is any diagnostic. */
  readonly fleet?: Fleet
  readonly diagnostics: readonly Diagnostic[]
  /** The text of the file, for the excerpts. */
  readonly source: string
}

/** Reads and checks a fleet file. Never rejects. */
export const loadFleet = async (file: string): Promise<LoadedFleet> => {
  const { source, root, diagnostics } = await loadYaml(file)
  if (!root) return { diagnostics, source: source.text }
  const written = decode(source, root, fleetFile)
  if (!written.ok) return { diagnostics: sortDiagnostics(written.diagnostics), source: source.text }
  return { fleet: toFleet(file, written.value), diagnostics: [], source: source.text }
}
