import { formatDuration } from '../../domain/duration.js'
import { hang } from '../../hosts/lines/layout.js'
import type { Paint } from '../../hosts/lines/paint.js'
import { barOf, type Columns, countOf, MARGIN, STATE_WIDTH } from './bars.js'
import type { ClusterState, ClusterView, ProxyView } from './contract.js'

/** How many proxies of a cluster are told each: where not all of them fit, calm ones go first, then the less hot. */
export type Detail = { readonly calm: number; readonly bad: number }

export type Sheet = {
  readonly paint: Paint
  readonly width: number
  readonly columns: Columns
  readonly at: number
}

const TONE = { calm: 'good', hot: 'bad', unseen: 'warn', unknown: 'warn', looking: 'quiet' } as const
const WORD = { calm: 'calm', hot: 'HOT', unseen: 'UNSEEN', unknown: 'UNKNOWN', looking: 'looking…' } as const

export const clusterLines = (cluster: ClusterView, detail: Detail, sheet: Sheet): readonly string[] => {
  const listed = listedOf(cluster, detail)
  const rest = cluster.proxies.filter(proxy => !listed.includes(proxy))
  return [
    heading(cluster, listed, sheet),
    ...listed.map(proxy => proxyLine(proxy, sheet)),
    ...(rest.length > 0 && listed.length > 0 ? [sheet.paint('quiet', restWords(rest))] : []),
  ]
}

const listedOf = ({ proxies }: ClusterView, { calm, bad }: Detail): readonly ProxyView[] => [
  ...proxies.filter(({ state }) => state !== 'calm').slice(0, bad),
  ...proxies.filter(({ state }) => state === 'calm').slice(0, calm),
]

const heading = (cluster: ClusterView, listed: readonly ProxyView[], { paint, width, at }: Sheet): string => {
  const lead = `${cluster.cluster}  ${WORD[cluster.state]}  `
  const text = hang('    ', `${lead}${headWords(cluster, listed, at)}`, width, line => line)
  const [name, word] = [cluster.cluster, WORD[cluster.state]]
  return text.replace(lead.trimEnd(), `${paint('title', name)}  ${paint(TONE[cluster.state], word)}`)
}

const headWords = (cluster: ClusterView, listed: readonly ProxyView[], at: number): string => {
  const { state, summary, proxies, median, inventory } = cluster
  if (state === 'looking') return ''
  const age = inventory?.source === 'saved' ? ` (inventory of ${formatDuration(at - inventory.at)} ago)` : ''
  if (state === 'unknown') return summary.replace(/ \[inventory of .*\]$/, age)
  const [worst] = proxies
  const middle = median === undefined ? '' : `, median ${Math.round(median)}`
  if (state === 'calm') return `${many(proxies)}, ${spread(proxies)}${middle}${age}`
  const counts = [...tally(proxies)].filter(([one]) => one !== 'calm').map(([one, count]) => `${count} ${one}`)
  if (listed.length === 0 && worst)
    return `${counts.join(', ')} of ${proxies.length}, worst ${worst.id} ${worst.connections ?? ''}`.trimEnd()
  return `${counts.join(', ')} of ${many(proxies)}${zoneWords(proxies)}${middle}${age}`
}

const many = ({ length }: readonly ProxyView[]): string => `${length} ${length === 1 ? 'proxy' : 'proxies'}`

const tally = (proxies: readonly ProxyView[]): ReadonlyMap<ProxyView['state'], number> => {
  const counts = new Map<ProxyView['state'], number>()
  for (const { state } of proxies) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

/** A zone is worth a word where all that is wrong stands in one of several. */
const zoneWords = (proxies: readonly ProxyView[]): string => {
  const zones = new Set(proxies.map(({ zone }) => zone))
  const bad = proxies.filter(({ state }) => state !== 'calm')
  const [zone, ...others] = new Set(bad.map(proxy => proxy.zone))
  if (zone === undefined || others.length > 0 || zones.size < 2) return ''
  return bad.length > 1 ? `, all in ${zone}` : `, in ${zone}`
}

const spread = (proxies: readonly ProxyView[]): string => {
  const counts = proxies.flatMap(({ connections }) => (connections === undefined ? [] : [connections]))
  return counts.length === 0 ? 'none seen' : `${Math.min(...counts)} to ${Math.max(...counts)}`
}

const proxyLine = (proxy: ProxyView, { paint, width, columns }: Sheet): string => {
  const state = proxy.state === 'calm' ? '' : WORD[proxy.state]
  const lead = `${' '.repeat(MARGIN)}${paint(TONE[proxy.state], state.padEnd(STATE_WIDTH))}  ${proxy.id.padEnd(columns.id)}  `
  const indent = ' '.repeat(2 * MARGIN + STATE_WIDTH + columns.id + MARGIN)
  if (proxy.state === 'unseen') return `${lead}${hang(indent, proxy.why ?? '', width, line => line)}`
  const why = proxy.why === undefined ? '' : `  ${proxy.why}`
  const bar = barOf(proxy, columns)
  return `${lead}${countOf(proxy).padStart(columns.count)}  ${why === '' ? bar : bar.padEnd(columns.bar)}${why}`.trimEnd()
}

/** `… 12 more, all calm: 402 to 431`. */
const restWords = (rest: readonly ProxyView[]): string => {
  const counts = tally(rest)
  const calm = rest.filter(({ state }) => state === 'calm')
  const indent = ' '.repeat(2 * MARGIN + STATE_WIDTH)
  if (calm.length === rest.length) return `${indent}… ${rest.length} more, all calm: ${spread(calm)}`
  const words = [...counts].map(([state, count]) =>
    state === 'calm' ? `${count} calm: ${spread(calm)}` : `${count} more ${state}`,
  )
  return `${indent}… ${words.join(', ')}`
}

/** What is left of a fleet when only the trouble is told. */
export const calmTogether = (clusters: readonly ClusterView[], { paint }: Sheet): string => {
  const proxies = clusters.flatMap(cluster => cluster.proxies)
  return paint(
    'quiet',
    `… ${clusters.length} more clusters, all calm: ${proxies.length} proxies, ${spread(proxies)}`,
  )
}

/** The worst first. */
export const ORDER: readonly ClusterState[] = ['hot', 'unseen', 'unknown', 'looking', 'calm']
