import type { ServerRow } from '../contract.js'
import type { Wrong } from './command.js'

/**
 * The rows of `show servers state`, or what is wrong with them. The first line is the format's version, the second
 * names the columns, by which they are found: `show stat` gives a weight as it is after a slow start, this as it is set.
 */
export const parseServers = (reply: string): ServerRow[] | Wrong => {
  if (!reply.endsWith('\n\n')) return { wrong: 'the table is cut off' }
  const [version, header = '', ...lines] = reply.trimEnd().split('\n')
  if (version !== '1') return { wrong: `it is version ${version} of the format, and only version 1 is known` }
  const names = header.replace(/^# /, '').split(' ')
  const missing = COLUMNS.filter(name => !names.includes(name))
  if (missing.length > 0) return { wrong: `the table has no column ${missing.join(', ')}` }
  const rows = lines.map(line => toRow(names, line.split(' ')))
  const bad = rows.indexOf(undefined)
  if (bad >= 0) return { wrong: `row ${bad + 1} of the table cannot be read` }
  return rows.filter(row => row !== undefined)
}

const COLUMNS = [
  'be_name',
  'srv_name',
  'srv_op_state',
  'srv_admin_state',
  'srv_uweight',
  'srv_iweight',
] as const
type Column = (typeof COLUMNS)[number]

/** Of `srv_op_state`: stopped, starting, running, stopping (it still takes those who were there before). */
const RUNS = ['1', '2']

const toRow = (names: readonly string[], cells: readonly string[]): ServerRow | undefined => {
  const cell = (name: Column): string => cells[names.indexOf(name)] ?? ''
  const numbers = [cell('srv_op_state'), cell('srv_admin_state'), cell('srv_uweight'), cell('srv_iweight')]
  if (cells.length !== names.length || !numbers.every(number => /^\d+$/.test(number))) return undefined
  return {
    backend: cell('be_name'),
    server: cell('srv_name'),
    weight: Number(cell('srv_uweight')),
    initialWeight: Number(cell('srv_iweight')),
    up: RUNS.includes(cell('srv_op_state')) && cell('srv_admin_state') === '0',
  }
}
