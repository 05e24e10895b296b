import { fail, ok, type Result } from '../../domain/result.js'
import type { Family, Prefix } from '../../fleet/addresses/prefix.js'
import type { PortScope } from './contract.js'
import type { Listed } from './listing.js'
import { FAMILIES, setName } from './names.js'
import { change, type Nft, readTable } from './nft.js'
import { readBack } from './read-back.js'
import { wrongScope } from './scope.js'
import { type Denying, denyScript } from './script.js'
import { findOverlap, isSame, overlaps, type Span, spanOf } from './span.js'

type Wanted = { readonly prefixes: readonly Prefix[]; readonly scope: PortScope; readonly ttl: number }

/** Adds those entries, or begins their time anew, and sees that they stand. */
export const deny = async (nft: Nft, { prefixes, scope, ttl }: Wanted): Promise<Result<null>> => {
  const spans = prefixes.map(spanOf)
  const wrong = wrongScope(scope) ?? wrongTtl(ttl) ?? wrongTogether(spans)
  if (wrong) return wrong
  if (spans.length === 0) return ok(null)
  const before = await readTable(nft)
  if (!before.ok) return before
  const all = FAMILIES.flatMap(family => denying(family, { spans, scope, ttl }, before.value))
  const clash = all.map(one => clashOf(nft.host, one, before.value)).find(one => one !== undefined)
  if (clash) return clash
  const done = await change(nft, 'add element', denyScript(all))
  return done.ok ? readBack(nft, after => differs(all, after)) : done
}

/** 30 days, as the longest duration in a runbook. */
const LONGEST_TTL = 30 * 24 * 3600

const wrongTtl = (ttl: number): Result<never> | undefined =>
  Number.isInteger(ttl) && ttl >= 1 && ttl <= LONGEST_TTL
    ? undefined
    : fail(
        'input.invalid',
        `${ttl} seconds cannot be the time of an entry.`,
        `Give whole seconds from 1 to ${LONGEST_TTL} (30 days): each entry must end by itself. Nothing was sent.`,
      )

const wrongTogether = (spans: readonly Span[]): Result<never> | undefined => {
  const [one, other] = findOverlap(spans) ?? []
  if (one === undefined || other === undefined) return undefined
  return fail(
    'input.invalid',
    `${one.text} and ${other.text} overlap.`,
    'A set holds each address once: leave out what another prefix contains. Nothing was sent.',
  )
}

type Asked = Pick<Denying, 'scope' | 'ttl' | 'spans'>

const denying = (family: Family, { spans, ...asked }: Asked, listed: Listed): readonly Denying[] => {
  const of = spans.filter(span => span.family === family)
  if (of.length === 0) return []
  const hasRule = listed.get(setName(asked.scope, family))?.inForce === true
  return [{ ...asked, family, spans: of, hasRule }]
}

/** An entry that stands may be another operator's: it is not taken apart to make room. */
const clashOf = (host: string, { scope, family, spans }: Denying, listed: Listed) => {
  const standing = listed.get(setName(scope, family))?.entries ?? []
  for (const { span: there } of standing) {
    const span = spans.find(one => overlaps(one, there) && !isSame(one, there))
    if (span === undefined) continue
    return fail(
      'target.rejected',
      `${span.text} overlaps with ${there.text}, which is denied on ${host} already.`,
      'Let that one go first, or deny only what it leaves out. Nothing was sent.',
    )
  }
  return undefined
}

const differs = (all: readonly Denying[], listed: Listed): string | undefined => {
  for (const { scope, family, spans, ttl } of all) {
    const name = setName(scope, family)
    const set = listed.get(name)
    if (set?.inForce !== true) return `the rule that drops what is in ${name} does not stand`
    const missing = spans.find(
      span => !set.entries.some(entry => isSame(entry.span, span) && entry.timeout === ttl),
    )
    if (missing)
      return `${missing.text} does not stand in ${name} for ${ttl}s; a short time may be over already`
  }
  return undefined
}
