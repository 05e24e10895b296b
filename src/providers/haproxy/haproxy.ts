import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import type { Haproxy, StatRow, Wire } from '../contract.js'
import { excerpt } from '../excerpt.js'
import { send } from '../transport.js'
import { parseStat } from './stat.js'

/**
 * The runtime API has no status code: a change has succeeded when the answer is one empty line, else it is text.
 * One that finds its work done already (HAProxy 2.6 says so in words) has succeeded too.
 */
export const haproxy = (url: string, wire: Wire): Haproxy => ({
  stat: async () => {
    const reply = await ask(url, wire, { operation: 'show stat', mutating: false })
    return reply.ok ? readStat(url, reply.value) : reply
  },
  disableFrontend: frontend => change(url, wire, 'disable frontend', frontend),
  enableFrontend: frontend => change(url, wire, 'enable frontend', frontend),
})

const readStat = (url: string, reply: string): Result<StatRow[]> => {
  if (!reply.startsWith('# '))
    return isMessage(reply) ? rejected(url, 'show stat', reply) : notHaproxy(url, reply)
  const rows = parseStat(reply)
  if (Array.isArray(rows)) return ok(rows)
  return fail('target.protocol', `${url}, \`show stat\`: ${rows.wrong}.`, CHECK_ADDRESS)
}

const change = async (url: string, wire: Wire, operation: string, name: string): Promise<Result<null>> => {
  if (!NAME.test(name)) {
    return fail(
      'input.invalid',
      `${JSON.stringify(name)} cannot be the name of a frontend.`,
      'HAProxy names have letters, digits, and - _ . : only; correct it in the fleet file.',
    )
  }
  const reply = await ask(url, wire, { operation, mutating: true, argument: name })
  if (!reply.ok) return reply
  if (reply.value === '\n' || ALREADY_SO.test(reply.value)) return ok(null)
  return isMessage(reply.value)
    ? rejected(url, `${operation} ${name}`, reply.value)
    : notHaproxy(url, reply.value)
}

/** What HAProxy admits in a name; so no `;` or line end can smuggle in a second command. */
const NAME = /^[A-Za-z0-9_.:-]+$/

const ALREADY_SO = /^All sockets are already (?:enabled|disabled)\.\n\n$/

type Command = { readonly operation: string; readonly mutating: boolean; readonly argument?: string }

const ask = (url: string, wire: Wire, { operation, mutating, argument }: Command): Promise<Result<string>> =>
  send(url, wire, {
    sent: { endpoint: 'haproxy', operation, mutating },
    request: `${argument === undefined ? operation : `${operation} ${argument}`}\n`,
    deadline: 3_000,
    maxReply: 16 * 1024 * 1024,
  })

const isMessage = (reply: string): boolean =>
  reply.endsWith('\n\n') && reply.trim() !== '' && reply.length < 4_096

const rejected = (url: string, command: string, reply: string): Result<never> => {
  const text = excerpt(reply)
  return fail(
    'target.rejected',
    `${url} answered \`${command}\` with: ${text}`,
    text.startsWith('Permission denied')
      ? 'The socket needs `level admin` in haproxy.cfg (`stats socket … level admin`).'
      : 'Compare the names in the fleet file with `show stat` on that proxy.',
  )
}

const CHECK_ADDRESS = 'Check that the admin address in the fleet file leads to an HAProxy stats socket.'

const notHaproxy = (url: string, reply: string): Result<never> =>
  fail(
    'target.protocol',
    reply.trim() === ''
      ? `${url} closed the connection without an answer that means anything.`
      : `${url} does not answer as HAProxy does; it said: ${excerpt(reply)}`,
    CHECK_ADDRESS,
  )
