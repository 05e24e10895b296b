import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import { addressOf } from './canonical.js'
import type { ClientSession, HaproxyClients } from './clients-contract.js'
import { type Address, change, read, type Wrong } from './command.js'
import { notSent } from './looks.js'

/** The clients' rows of `show sess`, or what is wrong with them. Fields are found by their names. */
export const parseSessions = (reply: string): ClientSession[] | Wrong => {
  if (!/(?:^|\n)\n$/.test(reply)) return { wrong: 'the table is cut off' }
  const sessions: ClientSession[] = []
  for (const [index, line] of reply.trimEnd().split('\n').entries()) {
    const row = line === '' ? null : toSession(line)
    if (row === undefined) return { wrong: `row ${index + 1} of the table cannot be read` }
    if (row !== null) sessions.push(row)
  }
  return sessions
}

/**
 * HAProxy puts the next session where the last one was: a pointer that was shown a minute ago may be somebody else,
 * or this very command's own. So who is there is asked for right before.
 */
export const shutSession = async (
  at: Address,
  session: ClientSession,
): ReturnType<HaproxyClients['shutSession']> => {
  const id = pointer(session.id)
  const there = await read(at, 'show sess', /^(?:0x|Session not found\.\n\n$)/, parseOne, { argument: id })
  if (!there.ok) return notSent(there.failure)
  if (there.value.source !== sourceOf(session)) return ok('gone')
  const made = await change(at, 'shutdown session', id)
  return made.ok ? ok('shut') : made
}

/** Who a session is of: nobody else has that port of that address on that frontend. */
type Source = Pick<ClientSession, 'address' | 'port' | 'frontend'>

const sourceOf = ({ address, port, frontend }: Source): string => `${address} ${port} ${frontend}`

/** Undefined where the row cannot be read, null where it is of no client with an address. */
const toSession = (line: string): ClientSession | null | undefined => {
  const id = /^(0x[0-9a-f]+): /.exec(line)?.[1]
  const frontend = FRONTEND.exec(line)?.[1]
  const written = SOURCE.exec(line)?.[1]
  if (id === undefined || (frontend === undefined && written !== undefined)) return undefined
  // The runtime API's own is of GLOBAL; what HAProxy itself has opened has no source.
  if (frontend === undefined || frontend === 'GLOBAL' || written === undefined) return null
  if (written.startsWith('unix:')) return null
  const source = addressAndPort(written)
  const age = seconds(AGE.exec(line)?.[1] ?? '')
  return source && { id, ...source, frontend, ...(age === undefined ? {} : { age }) }
}

const FRONTEND = / fe=(\S*)/
const SOURCE = / src=(\S*)/
const AGE = / age=(\S*)/

/** `192.0.2.7:4711`, and IPv6 without brackets: the port is behind the last colon. */
const addressAndPort = (text: string): Pick<ClientSession, 'address' | 'port'> | undefined => {
  const [, written = '', port] = /^(.+):(\d+)$/.exec(text) ?? []
  const address = addressOf(written)
  return address === undefined ? undefined : { address, port: Number(port) }
}

const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const

/** `3m20s`; HAProxy writes `?` where it does not know. */
const seconds = (text: string): number | undefined => {
  const [whole, d, h, m, s] = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? []
  if (!whole) return undefined
  const of = (written: string | undefined, unit: number): number => Number(written ?? 0) * unit
  return of(d, UNITS.d) + of(h, UNITS.h) + of(m, UNITS.m) + of(s, UNITS.s)
}

/** `show sess 0x…` has names of its own, and several lines; without a source it is no client's, or nobody is there. */
const parseOne = (reply: string): { readonly source: string | null } => {
  const source = addressAndPort(/ source=(\S+)/.exec(reply)?.[1] ?? '')
  const frontend = /\n {2}frontend=(\S+) /.exec(reply)?.[1]
  return { source: source && frontend !== undefined ? sourceOf({ ...source, frontend }) : null }
}

const pointer = (id: string): Result<string> =>
  /^0x[0-9a-f]+$/.test(id)
    ? ok(id)
    : fail(
        'input.invalid',
        `${JSON.stringify(id)} cannot be a session.`,
        'Give one as `show sess` shows it; nothing was sent.',
      )
