import type { StatRow } from '../contract.js'
import type { Wrong } from './command.js'
import { type Columns, columnsAt, parseCsv } from './csv.js'

/**
 * The rows of `show stat`, or what is wrong with them. Columns are found by the header's names: their order
 * after the first ones is not promised by HAProxy.
 */
export const parseStat = (reply: string): StatRow[] | Wrong => {
  if (!reply.endsWith('\n\n')) return { wrong: 'the table is cut off' }
  const end = reply.indexOf('\n')
  const header = headerOf(reply.slice(2, end).trimEnd())
  if ('wrong' in header) return header
  const lines = parseCsv(reply.slice(end + 1).trimEnd(), header.columns)
  if (!lines) return { wrong: 'a quote in the table is never closed' }
  const rows = lines.map(line => toRow(line, header.names))
  const bad = rows.indexOf(undefined)
  if (bad >= 0) return { wrong: `row ${bad + 1} of the table cannot be read` }
  return rows.filter(row => row !== undefined)
}

const NEEDED = ['pxname', 'svname', 'scur', 'slim', 'status', 'type', 'rate'] as const
type Column = (typeof NEEDED)[number]

/** What is looked at in each row; the names are in the order in which the columns stand. */
type Header = { readonly names: readonly Column[]; readonly columns: Columns }

const readHeader = (line: string): Header | Wrong => {
  const all = line.split(',')
  const missing = NEEDED.filter(name => !all.includes(name))
  if (missing.length > 0) return { wrong: `the table has no column ${missing.join(', ')}` }
  const names = NEEDED.toSorted((a, b) => all.indexOf(a) - all.indexOf(b))
  return { names, columns: columnsAt(names.map(name => all.indexOf(name))) }
}

/** Proxies of one version have the same header, which is read once. */
const headerOf = (line: string): ReturnType<typeof readHeader> => {
  if (last?.line !== line) last = { line, header: readHeader(line) }
  return last.header
}
let last: { readonly line: string; readonly header: ReturnType<typeof readHeader> } | undefined

/** The number of the column `type`, in HAProxy's order. */
const TYPES = ['frontend', 'backend', 'server', 'listener'] as const

const toRow = (line: readonly string[], names: readonly Column[]): StatRow | undefined => {
  const field = (name: Column): string => line[names.indexOf(name)] ?? ''
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
