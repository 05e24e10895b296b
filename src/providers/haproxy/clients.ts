import type { HaproxyClients } from './clients-contract.js'
import { type Address, read } from './command.js'
import { allow, deny, listed, matches } from './deny-list.js'
import { parseSessions, shutSession } from './sessions.js'
import { nameOfTable, parseTable } from './table.js'

/** Who is connected to the process behind that address, and who may not be. */
export const clients = (at: Address): HaproxyClients => ({
  listed: list => listed(at, list),
  matches: (list, address) => matches(at, list, address),
  deny: (list, prefix) => deny(at, list, prefix),
  allow: (list, prefix) => allow(at, list, prefix),
  sessions: () => read(at, 'show sess', /^(?:0x|\n$)/, parseSessions, { room: MANY }),
  shutSession: session => shutSession(at, session),
  table: name => read(at, 'show table', '# table: ', parseTable, { argument: nameOfTable(name), room: MANY }),
})

/** A row of `show sess` has some 300 bytes, one of `show table` 100: enough for 200,000 sessions. */
const MANY = {
  maxReply: 64 * 1024 * 1024,
  deadline: 10_000,
  ifTooLong:
    'That many clients are not looked at one by one: a stick table with fewer entries may tell enough.',
}
