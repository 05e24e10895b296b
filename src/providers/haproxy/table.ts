import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import { addressOf } from './canonical.js'
import type { StickTable, TrackedClient } from './clients-contract.js'
import type { Wrong } from './command.js'

/** What `show table NAME` counts, or what is wrong with it. Counters are found by their names. */
export const parseTable = (reply: string): StickTable | Wrong => {
  if (!reply.endsWith('\n\n')) return { wrong: 'the table is cut off' }
  const [head = '', ...rows] = reply.slice(0, -2).split('\n')
  const type = / type: (\w+),/.exec(head)?.[1]
  if (type !== 'ip' && type !== 'ipv6')
    return {
      wrong: `the table is not one of addresses, but of type ${type ?? 'nothing that is known'}`,
      next: 'Name one of type ip or ipv6; `show table` lists those that there are.',
    }
  if (rows.some(row => row.startsWith('# contents not dumped')))
    return {
      wrong: 'the socket may not see what is in the table',
      next: 'The socket needs `level operator` or `level admin` in haproxy.cfg (`stats socket … level admin`).',
    }
  const clients = rows.map(toClient)
  const bad = clients.indexOf(undefined)
  if (bad >= 0) return { wrong: `row ${bad + 1} of the table cannot be read` }
  return { periods: periodsOf(rows[0] ?? ''), clients: clients.filter(client => client !== undefined) }
}

export const nameOfTable = (name: string): Result<string> =>
  /^[A-Za-z0-9_.:-]+$/.test(name)
    ? ok(name)
    : fail(
        'input.invalid',
        `${JSON.stringify(name)} cannot be the name of a stick table.`,
        'HAProxy names have letters, digits, and - _ . : only; correct it where it is written.',
      )

/** ` conn_cur=2` and ` conn_rate(10000)=2`; never `use=` and `exp=`, which are the row's own. */
const COUNTER = / (?!use=|exp=|shard=)(\w+)(?:\((\d+)\))?=(\d+)(?= |$)/g

const toClient = (row: string): TrackedClient | undefined => {
  const address = addressOf(/^0x[0-9a-f]+: key=(\S+) /.exec(row)?.[1] ?? '')
  if (address === undefined) return undefined
  const counters = [...row.matchAll(COUNTER)].map(([, name, , count]) => [name, Number(count)] as const)
  return { address, counters: Object.fromEntries(counters) }
}

const periodsOf = (row: string): StickTable['periods'] =>
  Object.fromEntries(
    [...row.matchAll(COUNTER)].flatMap(([, name, period]) =>
      period === undefined ? [] : [[name, Number(period)] as const],
    ),
  )
