import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { addressOf, prefixOf } from './canonical.js'
import type { HaproxyClients, ListedPattern } from './clients-contract.js'
import { type Address, change, read, type Wrong } from './command.js'
import { notSeen, notSent } from './looks.js'

export const listed = (at: Address, list: string): ReturnType<HaproxyClients['listed']> =>
  read(at, 'show acl', /^(?:0x|\n$)/, parseList, { argument: nameOfList(list) })

export const matches = async (
  at: Address,
  list: string,
  address: string,
): ReturnType<HaproxyClients['matches']> => {
  const argument = words(nameOfList(list), oneAddress(address))
  const match = await read(at, 'get acl', 'type=', parseMatch, { argument })
  return match.ok ? ok(match.value.found) : match
}

/** Added twice it would be there twice, and one `del acl` would take both: what is ours and what is not. */
export const deny = async (at: Address, list: string, prefix: Prefix): ReturnType<HaproxyClients['deny']> => {
  const argument = words(nameOfList(list), ok(prefix))
  if (!argument.ok) return argument
  // `show acl` does not say what a list is compared with: one of names would take a prefix, and deny nobody.
  const ofAddresses = await matches(at, list, prefix.replace(/\/.*/, ''))
  if (!ofAddresses.ok) return notSent(ofAddresses.failure)
  const before = await listed(at, list)
  if (!before.ok) return notSent(before.failure)
  if (before.value.some(entry => entry.prefix === prefix)) return ok('already')
  const made = await change(at, 'add acl', argument)
  if (!made.ok) return made
  const after = await listed(at, list)
  if (!after.ok) return notSeen(at.url, `add acl ${argument.value}`, after.failure)
  return isIn(after.value, prefix) ? ok('added') : noEffect(at.url, `add acl ${argument.value}`, 'not there')
}

export const allow = async (at: Address, list: string, prefix: Prefix): ReturnType<HaproxyClients['allow']> => {
  const argument = words(nameOfList(list), ok(prefix))
  if (!argument.ok) return argument
  const before = await listed(at, list)
  if (!before.ok) return notSent(before.failure)
  if (!isIn(before.value, prefix)) return ok('absent')
  const made = await change(at, 'del acl', argument)
  if (!made.ok) return made
  const after = await listed(at, list)
  if (!after.ok) return notSeen(at.url, `del acl ${argument.value}`, after.failure)
  return isIn(after.value, prefix)
    ? noEffect(at.url, `del acl ${argument.value}`, 'still there')
    : ok('removed')
}

/** What a list may be called: no space, semicolon or line end, which begin something new; no `#`, which begins a number. */
const LIST = /^[\w@+=,./:-]+$/

const nameOfList = (list: string): Result<string> =>
  LIST.test(list)
    ? ok(list)
    : fail(
        'input.invalid',
        `${JSON.stringify(list)} cannot be the name of a list of addresses.`,
        'Give the path that stands after `-f` in haproxy.cfg, such as /etc/haproxy/denied.lst; nothing was sent.',
      )

const oneAddress = (text: string): Result<string> => {
  const address = addressOf(text)
  return address === undefined
    ? fail(
        'input.invalid',
        `${JSON.stringify(text)} is no address of a client.`,
        'Give one, such as 192.0.2.7 or 2001:db8::7; nothing was sent.',
      )
    : ok(address)
}

const words = (...parts: readonly Result<string>[]): Result<string> => {
  const wrong = parts.find(part => !part.ok)
  return wrong ?? ok(parts.flatMap(part => (part.ok ? [part.value] : [])).join(' '))
}

const parseList = (reply: string): ListedPattern[] | Wrong => {
  if (reply === '\n') return []
  if (!reply.endsWith('\n\n')) return { wrong: 'the list is cut off' }
  const patterns = reply
    .slice(0, -2)
    .split('\n')
    .map(line => /^0x[0-9a-f]+ (.*)$/.exec(line)?.[1])
  const bad = patterns.indexOf(undefined)
  if (bad >= 0) return { wrong: `row ${bad + 1} of the list cannot be read` }
  return patterns.filter(pattern => pattern !== undefined).map(toListed)
}

const toListed = (pattern: string): ListedPattern => {
  const prefix = prefixOf(pattern)
  return { pattern, ...(prefix === undefined ? {} : { prefix }) }
}

/** `type=ip, case=sensitive, match=yes, idx=tree, pattern="192.0.2.0/24"`, with more or fewer fields by version. */
const parseMatch = (reply: string): { readonly found: ListedPattern | null } | Wrong => {
  const type = /^type=([^,\n]*)/.exec(reply)?.[1]
  if (type !== 'ip')
    return {
      wrong: `the list is not one of addresses, but of type ${type}`,
      next: 'Name the list that `tcp-request connection reject if { src -f … }` has in haproxy.cfg.',
    }
  const [, match, pattern] = /, match=(yes|no)(?:,.*, pattern="([^"\n]*)")?/.exec(reply) ?? []
  if (match === 'no') return { found: null }
  return pattern === undefined ? { wrong: 'it does not say what matches' } : { found: toListed(pattern) }
}

const isIn = (entries: readonly ListedPattern[], prefix: Prefix): boolean =>
  entries.some(({ pattern }) => pattern === prefix)

const noEffect = (url: string, command: string, seen: string): Result<never> =>
  fail(
    'target.rejected',
    `${url} took \`${command}\`, and the entry is ${seen} a moment later.`,
    'Somebody else may be changing the same list: look at it with `show acl`, and agree who does.',
  )
