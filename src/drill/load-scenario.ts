import { decode } from '../source/decode.js'
import { type Diagnostic, diagnose, sortDiagnostics } from '../source/diagnostic.js'
import { loadYaml } from '../source/load-yaml.js'
import { didYouMean } from '../source/nearest.js'
import { entryOf, nodeAt, type SourceNode } from '../source/node.js'
import type { Source, Span } from '../source/source.js'
import { type Scenario, scenarioSchema, toScenario } from './scenario.js'

export type LoadedScenario = {
  /** Absent where there is any diagnostic. */
  readonly scenario?: Scenario
  readonly diagnostics: readonly Diagnostic[]
  /** The text of the file, for the excerpts. */
  readonly source: string
}

/** What a scenario may name of what stands around it. */
export type Surroundings = {
  /** Names of the runbooks beside its folder. */
  readonly runbooks: readonly string[]
  /** Clusters of the fleet beside its folder; absent where no fleet could be read. */
  readonly clusters?: readonly string[]
}

/** Reads and checks the file of a scenario, and the names in it where it is told what there is. Never rejects. */
export const loadScenario = async (file: string, around?: Surroundings): Promise<LoadedScenario> => {
  const { source, root, diagnostics } = await loadYaml(file)
  if (!root) return { diagnostics, source: source.text }
  const written = decode(source, root, scenarioSchema)
  if (!written.ok) return { diagnostics: sortDiagnostics(written.diagnostics), source: source.text }
  const scenario = toScenario(written.value, file)
  const strangers = around ? checkNames(source, root, scenario, around) : []
  if (strangers.length > 0) return { diagnostics: sortDiagnostics(strangers), source: source.text }
  return { scenario, diagnostics: [], source: source.text }
}

const checkNames = (
  source: Source,
  root: SourceNode,
  { runbook, clusters }: Scenario,
  around: Surroundings,
): readonly Diagnostic[] => {
  const stranger = (
    kind: 'runbook' | 'cluster',
    at: Span,
    name: string,
    known: readonly string[],
    where: string,
  ) =>
    diagnose(source, at, {
      rule: `unknown-${kind}`,
      message: `there is no ${kind} \`${name}\` in ${where}`,
      suggestion: didYouMean(name, known) ?? (known.length > 0 ? `there are: ${known.join(', ')}` : undefined),
    })
  const found: Diagnostic[] = []
  if (!isPath(runbook) && !around.runbooks.includes(runbook))
    found.push(
      stranger('runbook', nodeAt(root, ['runbook']) ?? root, runbook, around.runbooks, 'the folder above'),
    )
  for (const name of Object.keys(clusters)) {
    if (around.clusters === undefined || around.clusters.includes(name)) continue
    const at = entryOf(nodeAt(root, ['clusters']), name)?.keySpan ?? root
    found.push(stranger('cluster', at, name, around.clusters, 'the fleet file above'))
  }
  return found
}

/** A path is read from where firebreak is started, which a scenario does not know. */
const isPath = (runbook: string): boolean => runbook.includes('/') || runbook.endsWith('.yaml')
