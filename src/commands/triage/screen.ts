import { clockTime, toInstant } from '../../domain/instant.js'
import { hang } from '../../hosts/lines/layout.js'
import type { Paint } from '../../hosts/lines/paint.js'
import { columnsFor } from './bars.js'
import { calmTogether, clusterLines, type Detail, ORDER, type Sheet } from './cluster-lines.js'
import type { ClusterView, Triage } from './contract.js'

/** Where it is shown. `rows`: absent where all of it may be told. */
export type View = {
  readonly paint: Paint
  readonly width: number
  readonly rows?: number
  readonly ascii: boolean
}

/** All of it in one screen where it can be; what is hot, unseen or unknown is told longest. */
export const screen = (triage: Triage, { rows, ...view }: View): string => {
  const sheet: Sheet = { ...view, at: triage.at, columns: columnsFor(triage, view) }
  const tellings = LEVELS.map(level => () => told(triage, level, sheet))
  for (const tell of tellings) {
    const text = tell().join('\n')
    if (rows === undefined || text.split('\n').length <= rows) return text
  }
  return told(triage, LEAST, sheet).join('\n')
}

type Level = Detail & { readonly calmClusters: 'each' | 'together' }

const ALL = Number.POSITIVE_INFINITY
const LEAST: Level = { calm: 0, calmClusters: 'together', bad: 0 }
const LEVELS: readonly Level[] = [
  ...[ALL, 16, 8, 4, 2, 0].map(calm => ({ calm, calmClusters: 'each' as const, bad: ALL })),
  ...[ALL, 8, 4, 2, 1].map(bad => ({ ...LEAST, bad })),
]

const told = (triage: Triage, level: Level, sheet: Sheet): readonly string[] => {
  const sorted = triage.clusters.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
  const calm = sorted.filter(({ state }) => state === 'calm')
  const together = level.calmClusters === 'together' && calm.length > 1 ? calm : []
  return [
    ...head(triage, sheet),
    '',
    ...sorted
      .filter(cluster => !together.includes(cluster))
      .flatMap(cluster => clusterLines(cluster, level, sheet)),
    ...(together.length > 0 ? [calmTogether(together, sheet)] : []),
    ...foot(triage, sheet),
  ]
}

const head = (triage: Triage, { paint, width }: Sheet): readonly string[] => {
  const { at, fleet, warnings, clusters } = triage
  const reasons = new Set(clusters.flatMap(({ inventory }) => inventory?.because ?? []))
  const marked = [...warnings, ...[...reasons].map(because => `The last inventory is used: ${because}`)]
  return [
    `${paint('title', 'TRIAGE')}  ${fleet}, ${clockTime(toInstant(at))} UTC: ${totals(clusters)}`,
    ...marked.map(text => hang('  ', `! ${text}`, width, line => paint('warn', line))),
  ]
}

const totals = (clusters: readonly ClusterView[]): string => {
  const parts = ORDER.flatMap(state => {
    const many = clusters.filter(cluster => cluster.state === state).length
    return many === 0 ? [] : [`${many} ${state}`]
  })
  return `${clusters.length} ${clusters.length === 1 ? 'cluster' : 'clusters'}, ${parts.join(', ')}`
}

const foot = ({ clusters }: Triage, { paint, width, columns }: Sheet): readonly string[] => {
  const next = new Set(clusters.flatMap(cluster => cluster.next ?? []))
  const counts = clusters.flatMap(({ proxies }) => proxies.map(({ connections = 0 }) => connections))
  const isDrawn = counts.some(count => count > 0)
  return [
    ...[...next].map(text => hang('  ', `next: ${text}`, width, line => line)),
    ...(isDrawn
      ? [paint('quiet', `A full bar is ${columns.full} connections, in every cluster; it begins at 0.`)]
      : []),
  ]
}
