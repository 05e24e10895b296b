import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import { excerpt } from '../excerpt.js'
import { send } from '../transport.js'
import type { Wire } from '../wire.js'

/** Where a process listens, as the operator knows it. */
export type Address = { readonly url: string; readonly wire: Wire }

/** A command that shows something. What begins otherwise than the table should is no table, or not of HAProxy. */
export const read = async <Shown extends object>(
  { url, wire }: Address,
  operation: string,
  begins: string | RegExp,
  parse: (reply: string) => Shown | { readonly wrong: string },
): Promise<Result<Shown>> => {
  const reply = await ask({ url, wire }, { operation, mutating: false })
  if (!reply.ok) return reply
  const table = reply.value
  if (typeof begins === 'string' ? !table.startsWith(begins) : !begins.test(table))
    return isMessage(table) ? rejected(url, operation, table) : notHaproxy(url, table)
  const shown = parse(table)
  return 'wrong' in shown
    ? fail('target.protocol', `${url}, \`${operation}\`: ${shown.wrong}.`, CHECK_ADDRESS)
    : ok(shown)
}

/**
 * A command that changes something. The runtime API has no status code: a change has succeeded when the answer is
 * one empty line, else it is text. One that finds its work done already (HAProxy 2.6 says so in words) has
 * succeeded too. An argument that is none sends nothing.
 */
export const change = async (
  address: Address,
  operation: string,
  ...args: readonly Result<string>[]
): Promise<Result<null>> => {
  const wrong = args.find(argument => !argument.ok)
  if (wrong && !wrong.ok) return wrong
  const argument = args.map(one => (one.ok ? one.value : '')).join(' ')
  const reply = await ask(address, { operation, mutating: true, argument })
  if (!reply.ok) return reply
  if (reply.value === '\n' || ALREADY_SO.test(reply.value)) return ok(null)
  return isMessage(reply.value)
    ? rejected(address.url, `${operation} ${argument}`, reply.value)
    : notHaproxy(address.url, reply.value)
}

const ALREADY_SO = /^All sockets are already (?:enabled|disabled)\.\n\n$/

type Command = { readonly operation: string; readonly mutating: boolean; readonly argument?: string }

const ask = ({ url, wire }: Address, { operation, mutating, argument }: Command): Promise<Result<string>> =>
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
  return fail('target.rejected', `${url} answered \`${command}\` with: ${text}`, nextAfter(text))
}

const nextAfter = (text: string): string => {
  if (text.startsWith('Permission denied'))
    return 'The socket needs `level admin` in haproxy.cfg (`stats socket … level admin`).'
  return /static LB algorithm/.test(text)
    ? 'Give 0 or the initial weight (`get weight`); for any other the backend needs another `balance` in haproxy.cfg.'
    : 'Compare the names in the fleet file with `show stat` on that proxy.'
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
