import type { StatRow } from '../contract.js'
import { parseCsv } from './csv.js'

/**
 * The rows of `show stat`, or what is wrong with them. Columns are found by the header's names: their order
 * after the first ones is not promised by HAProxy.
 */
export const parseStat = (reply: string): StatRow[] | { readonly wrong: string } => {
  if (!reply.endsWith('\n\n')) return { wrong: 'the table is cut off' }
  const end = reply.indexOf('\n')
  const header = reply.slice(2, end).trimEnd().split(',')
  const missing = NEEDED.filter(name => !header.includes(name))
  if (missing.length > 0) return { wrong: `the table has no column ${missing.join(', ')}` }
  const columns = columnsIn(header)
  // A table has some ninety columns, and hundreds of proxies are asked at once.
  const lines = parseCsv(reply.slice(end + 1).trimEnd(), Math.max(...columns.values()) + 1)
  if (!lines) return { wrong: 'a quote in the table is never closed' }
  const rows = lines.map(line => toRow(line, columns))
  const bad = rows.indexOf(undefined)
  if (bad >= 0) return { wrong: `row ${bad + 1} of the table cannot be read` }
  return rows.filter(row => row !== undefined)
}

const NEEDED = ['pxname', 'svname', 'scur', 'slim', 'status', 'type', 'rate'] as const
type Column = (typeof NEEDED)[number]

/** Where in a row each stands. */
type Columns = ReadonlyMap<Column, number>

const columnsIn = (header: readonly string[]): Columns =>
  new Map(NEEDED.map(name => [name, header.indexOf(name)]))

/** The number of the column `type`, in HAProxy's order. */
const TYPES = ['frontend', 'backend', 'server', 'listener'] as const

const toRow = (line: readonly string[], columns: Columns): StatRow | undefined => {
  const field = (name: Column): string => line[columns.get(name) ?? -1] ?? ''
  const type = TYPES[count(field('type')) ?? -1]
  const sessions = count(field('scur'))
  if (!type || sessions === undefined || field('pxname') === '') return undefined
  const limit = count(field('slim'))
  const rate = count(field('rate'))
  return {
    proxy: field('pxname'),
    server: field('svname'),
    type,
    status: field('status'),
    sessions,
    ...(limit === undefined ? {} : { limit }),
    ...(rate === undefined ? {} : { rate }),
  }
}

const count = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined)
