import { ok, type Result } from '../../domain/result.js'
import type { PortScope } from './contract.js'
import { readInput } from './input.js'
import type { Listed } from './listing.js'
import { setName } from './names.js'
import { change, type Nft, readTable } from './nft.js'
import { readBack } from './read-back.js'
import { allowScript } from './script.js'
import { isSame, type Span } from './span.js'

/** Removes those entries that still stand, and sees that they are gone. A set that is empty then stays. */
export const allow = async (nft: Nft, prefixes: readonly string[], scope: PortScope): Promise<Result<null>> => {
  const input = readInput(prefixes, scope)
  if (!input.ok) return input
  if (input.value.length === 0) return ok(null)
  const before = await readTable(nft)
  if (!before.ok) return before
  const standing = standingOf(input.value, scope, before.value)
  if (standing.length === 0) return ok(null)
  const done = await change(nft, 'delete element', allowScript(standing))
  if (!done.ok) return done
  return readBack(nft, after => {
    const [left] = standingOf(input.value, scope, after)
    return left && `${left.spans.map(({ text }) => text).join(', ')} still stands in ${left.name}`
  })
}

/** By set, those that stand exactly so: a part of an entry, or what contains it, is another entry. */
const standingOf = (spans: readonly Span[], scope: PortScope, listed: Listed) =>
  (['v4', 'v6'] as const).flatMap(family => {
    const name = setName(scope, family)
    const entries = listed.get(name)?.entries ?? []
    const standing = spans.filter(span => entries.some(entry => isSame(entry.span, span)))
    return standing.length === 0 ? [] : [{ name, spans: standing }]
  })
