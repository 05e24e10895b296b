import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import { excerpt } from '../excerpt.js'
import { send } from '../transport.js'
import type { Wire } from '../wire.js'
import { nextAfter } from './next-after.js'

/** Where a process listens, as the operator knows it. */
export type Address = { readonly url: string; readonly wire: Wire }

/** What comes after a command that shows something, and how much may come back. */
type More = { readonly argument?: Result<string>; readonly room?: Room }

/** How long an answer may be, in bytes, and take, in milliseconds; and what to do about one that is longer. */
export type Room = { readonly maxReply: number; readonly deadline: number; readonly ifTooLong?: string }

const ORDINARY: Room = { maxReply: 16 * 1024 * 1024, deadline: 3_000 }

/** Why an answer cannot be used, and what to do next where that is not to look at the address. */
export type Wrong = { readonly wrong: string; readonly next?: string }

/** A command that shows something. What begins otherwise than the table should is no table, or not of HAProxy. */
export const read = async <Shown extends object>(
  { url, wire }: Address,
  operation: string,
  begins: string | RegExp,
  parse: (reply: string) => Shown | Wrong,
  { argument, room }: More = {},
): Promise<Result<Shown>> => {
  if (argument?.ok === false) return argument
  const command: Command = { operation, mutating: false, ...(argument && { argument: argument.value }) }
  const reply = await ask({ url, wire }, command, room)
  if (!reply.ok) return reply
  const table = reply.value
  if (typeof begins === 'string' ? !table.startsWith(begins) : !begins.test(table))
    return isMessage(table) ? rejected(url, command, table) : notHaproxy(url, table)
  const shown = parse(table)
  return 'wrong' in shown
    ? fail('target.protocol', `${url}, \`${lineOf(command)}\`: ${shown.wrong}.`, shown.next ?? CHECK_ADDRESS)
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
  const command: Command = { operation, mutating: true, argument }
  const reply = await ask(address, command)
  if (!reply.ok) return reply
  if (reply.value === '\n' || ALREADY_SO.test(reply.value)) return ok(null)
  return isMessage(reply.value)
    ? rejected(address.url, command, reply.value)
    : notHaproxy(address.url, reply.value)
}

const ALREADY_SO =
  /^(?:All sockets are already (?:enabled|disabled)\.|Key not found\.|No such session \(use 'show sess'\)\.)\n\n$/

type Command = { readonly operation: string; readonly mutating: boolean; readonly argument?: string }

const lineOf = ({ operation, argument }: Command): string =>
  argument === undefined ? operation : `${operation} ${argument}`

const ask = ({ url, wire }: Address, command: Command, room = ORDINARY): Promise<Result<string>> =>
  send(url, wire, {
    sent: { endpoint: 'haproxy', operation: command.operation, mutating: command.mutating },
    request: `${lineOf(command)}\n`,
    ...room,
  })

const isMessage = (reply: string): boolean =>
  reply.endsWith('\n\n') && reply.trim() !== '' && reply.length < 4_096

const rejected = (url: string, command: Command, reply: string): Result<never> => {
  const text = excerpt(reply)
  return fail(
    'target.rejected',
    `${url} answered \`${lineOf(command)}\` with: ${text}`,
    nextAfter(text, command.argument),
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
