import { isDeepStrictEqual } from 'node:util'
import { holds, merge, sizeOf, subtract } from '../../src/fleet/addresses/arithmetic.js'
import { parsePrefix } from '../../src/fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../src/fleet/addresses/prefix.js'
import { touching } from '../../src/fleet/addresses/touching.js'
import { BITS, type Block, type FilterCase, type Written } from './filter-cases.js'
import { fewest, isIn, type Span, spanOf, spansOf, sweep, textOf, untouchable } from './filter-oracle.js'

const FAMILIES = ['ipv4', 'ipv6'] as const

/** What is not as the oracle says, for one filter and those whom it must not hit. */
export const tryFilter = ({ candidates, kept }: FilterCase): readonly string[] => {
  const wrong = [...candidates, ...kept].flatMap(tryParse)
  if (wrong.length > 0) return wrong
  const prefixes = candidates.map(({ text }) => read(text))
  const entries = kept.map(({ text }) => ({ prefix: read(text) }))
  const left = subtract(
    prefixes,
    entries.map(({ prefix }) => prefix),
  )
  const blocks = { candidates: candidates.map(({ block }) => block), kept: kept.map(({ block }) => block) }
  return [
    ...tryLists(prefixes, left, blocks),
    ...tryEdges(left, blocks),
    ...tryTouching(prefixes, entries, blocks),
  ]
}

type Blocks = { readonly candidates: readonly Block[]; readonly kept: readonly Block[] }

export const read = (text: string): Prefix => {
  const parsed = parsePrefix(text)
  if (!parsed.ok) throw new Error(`${parsed.failure.message}. ${parsed.failure.next}`)
  return parsed.value.prefix
}

const tryParse = ({ text, block, loose }: Written): readonly string[] => {
  const parsed = parsePrefix(text)
  if (!parsed.ok) return [`${text} is refused: ${parsed.failure.message}`]
  const { prefix, family, taken } = parsed.value
  return [
    ...differ(`${text} is read as`, prefix, textOf(block.family, block.first, block.length)),
    ...differ(`the family of ${text}`, family, block.family),
    ...differ(`whether ${text} is said to be loose`, taken?.endsWith(`: taken for ${prefix}.`) ?? false, loose),
  ]
}

const tryLists = (prefixes: readonly Prefix[], left: readonly Prefix[], { candidates, kept }: Blocks) => {
  const [merged, carved] = [spans(candidates), spans(candidates, kept)]
  return [
    ...differ('merge', merge(prefixes), texts(merged)),
    ...differ('subtract', left, texts(carved)),
    ...differ('sizeOf the candidates', sizeOf(prefixes), total(merged)),
    ...differ('sizeOf what is left', sizeOf(left), total(carved)),
  ]
}

type ByFamily = { readonly [F in (typeof FAMILIES)[number]]: readonly Span[] }

const spans = (candidates: readonly Block[], kept: readonly Block[] = []): ByFamily => ({
  ipv4: sweep(spansOf(candidates, 'ipv4'), untouchable(kept, 'ipv4')),
  ipv6: sweep(spansOf(candidates, 'ipv6'), untouchable(kept, 'ipv6')),
})

const texts = (spans: ByFamily): readonly string[] => FAMILIES.flatMap(family => fewest(spans[family], family))

const total = (spans: ByFamily): bigint =>
  FAMILIES.flatMap(family => spans[family]).reduce((sum, { first, last }) => sum + last - first + 1n, 0n)

/** Both edge addresses of every range, and their neighbours: a mistake of one shows there, if anywhere. */
const tryEdges = (left: readonly Prefix[], { candidates, kept }: Blocks) =>
  FAMILIES.flatMap(family => {
    const [some, others] = [spansOf(candidates, family), untouchable(kept, family)]
    const edges = [...some, ...others].flatMap(({ first, last }) => [first - 1n, first, last, last + 1n])
    return [...new Set(edges)]
      .filter(edge => edge >= 0n && edge < 1n << BigInt(BITS[family]))
      .filter(edge => family === 'ipv4' || edge >> 32n !== 0xffffn) // no IPv6 by its text
      .flatMap(edge => {
        const address = read(textOf(family, edge, BITS[family]))
        return differ(`${address} is left`, holds(left, address), isIn(some, edge) && !isIn(others, edge))
      })
  })

const tryTouching = (
  prefixes: readonly Prefix[],
  entries: readonly { readonly prefix: Prefix }[],
  { candidates, kept }: Blocks,
): readonly string[] => {
  const touched = touching(entries)
  return prefixes.flatMap((prefix, at) => {
    const candidate = candidates[at]
    if (candidate === undefined) throw new Error('there is a block for each')
    return [
      ...differ(`${prefix} touches`, touched(prefix), overlapping(entries, kept, candidate)),
      ...differ(`all of ${prefix} is held`, holds(prefixes.toSpliced(at, 1), prefix), isHeld(candidates, at)),
    ]
  })
}

/** By their place on the line of all addresses; of those that start together, the wider first. */
const overlapping = <E>(entries: readonly E[], kept: readonly Block[], candidate: Block): readonly E[] => {
  const { first, last } = spanOf(candidate)
  return entries
    .flatMap((entry, at) =>
      untouchable(kept.slice(at, at + 1), candidate.family).map(span => ({ ...span, entry })),
    )
    .filter(span => span.first <= last && first <= span.last)
    .sort((a, b) => Number(a.first - b.first) || Number(b.last - a.last))
    .map(({ entry }) => entry)
}

/** Whether the others hold all of that one, be it together. */
const isHeld = (blocks: readonly Block[], at: number): boolean => {
  const block = blocks[at]
  if (block === undefined) return false
  return sweep([spanOf(block)], spansOf(blocks.toSpliced(at, 1), block.family)).length === 0
}

const differ = (what: string, is: unknown, must: unknown): readonly string[] =>
  isDeepStrictEqual(is, must) ? [] : [`${what} ${show(is)}, not ${show(must)}`]

const show = (value: unknown): string =>
  JSON.stringify(value instanceof Set ? [...value] : value, (_, part) =>
    typeof part === 'bigint' ? `${part}` : part,
  )
