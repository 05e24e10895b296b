import type { StatRow } from '../contract.js'
import { parseCsv } from './csv.js'

/**
 * The rows of `show stat`, or what is wrong with them. Columns are found by the header's names: their order
 * after the first ones is not promised by HAProxy.
 */
export const parseStat = (reply: string): StatRow[] | { readonly wrong: string } => {
  if (!reply.endsWith('\n\n')) return { wrong: 'the table is cut off' }
  const table = parseCsv(reply.slice(2).trimEnd())
  if (!table) return { wrong: 'a quote in the table is never closed' }
  const [header = [], ...lines] = table
  const missing = NEEDED.filter(name => !header.includes(name))
  if (missing.length > 0) return { wrong: `the table has no column ${missing.join(', ')}` }
  const rows = lines.map(line => toRow(new Map(header.map((name, index) => [name, line[index] ?? '']))))
  const bad = rows.indexOf(undefined)
  if (bad >= 0) return { wrong: `row ${bad + 1} of the table cannot be read` }
  return rows.filter(row => row !== undefined)
}

const NEEDED = ['pxname', 'svname', 'scur', 'slim', 'status', 'type', 'rate'] as const
type Column = (typeof NEEDED)[number]

/** The number of the column `type`, in HAProxy's order. */
const TYPES = ['frontend', 'backend', 'server', 'listener'] as const

const toRow = (line: ReadonlyMap<string, string>): StatRow | undefined => {
  const field = (name: Column): string => line.get(name) ?? ''
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
