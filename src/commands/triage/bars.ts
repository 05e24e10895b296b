import type { ProxyView, Triage } from './contract.js'

/** Columns that are the same for every proxy of a screen, so that bars can be compared across clusters. */
export type Columns = {
  readonly id: number
  readonly count: number
  readonly bar: number
  /** Connections that fill a bar. Bars begin at 0, always. */
  readonly full: number
  readonly block: string
}

/** What stands before the id, and between the columns. */
export const STATE_WIDTH = 'UNSEEN'.length
export const MARGIN = 2
const GAPS = 2 * MARGIN + MARGIN + MARGIN

const SHORTEST_BAR = 8
const LONGEST_BAR = 40

/** One scale for the whole fleet: the longest bar is the proxy with the most connections. */
export const columnsFor = (
  { clusters }: Pick<Triage, 'clusters'>,
  { width, ascii }: { readonly width: number; readonly ascii: boolean },
): Columns => {
  const proxies = clusters.flatMap(cluster => cluster.proxies)
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(text => text.length))
  const id = widest(proxies.map(proxy => proxy.id))
  const count = widest(proxies.map(countOf))
  const words = widest(proxies.flatMap(({ state, why }) => (state === 'hot' && why ? [`  ${why}`] : [])))
  const left = width - STATE_WIDTH - GAPS - id - count - words
  return {
    id,
    count,
    bar: Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, left)),
    full: Math.max(1, ...proxies.map(({ connections }) => connections ?? 0)),
    block: ascii ? '#' : '█',
  }
}

/** `3656`, or `3656/8000` where there is a limit. */
export const countOf = ({ connections, limit }: ProxyView): string => {
  if (connections === undefined) return ''
  return limit === undefined ? `${connections}` : `${connections}/${limit}`
}

/** As long as its share of the scale, to the nearest cell; the number beside it is exact. */
export const barOf = ({ connections = 0 }: ProxyView, { bar, full, block }: Columns): string =>
  block.repeat(Math.round((connections / full) * bar))
