import { ok, type Result } from '../../domain/result.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import type { PortScope } from './contract.js'
import type { Listed } from './listing.js'
import { FAMILIES, setName } from './names.js'
import { change, type Nft, readTable } from './nft.js'
import { readBack } from './read-back.js'
import { wrongScope } from './scope.js'
import { allowScript } from './script.js'
import { isSame, type Span, spanOf } from './span.js'

/** Removes those entries that still stand, and sees that they are gone. A set that is empty then stays. */
export const allow = async (nft: Nft, prefixes: readonly Prefix[], scope: PortScope): Promise<Result<null>> => {
  const wrong = wrongScope(scope)
  if (wrong) return wrong
  if (prefixes.length === 0) return ok(null)
  const spans = prefixes.map(spanOf)
  const before = await readTable(nft)
  if (!before.ok) return before
  const standing = standingOf(spans, scope, before.value)
  if (standing.length === 0) return ok(null)
  const done = await change(nft, 'delete element', allowScript(standing))
  if (!done.ok) return done
  return readBack(nft, after => {
    const [left] = standingOf(spans, scope, after)
    return left && `${left.spans.map(({ text }) => text).join(', ')} still stands in ${left.name}`
  })
}

/** By set, those that stand exactly so: a part of an entry, or what contains it, is another entry. */
const standingOf = (spans: readonly Span[], scope: PortScope, listed: Listed) =>
  FAMILIES.flatMap(family => {
    const name = setName(scope, family)
    const entries = listed.get(name)?.entries ?? []
    const standing = spans.filter(span => entries.some(entry => isSame(entry.span, span)))
    return standing.length === 0 ? [] : [{ name, spans: standing }]
  })
