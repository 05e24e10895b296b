import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { Family } from '../../fleet/addresses/prefix.js'
import type { PortScope } from './contract.js'
import { CHAIN, readSetName, setName } from './names.js'
import { readRange, readSpan, type Span } from './span.js'

/** One element of a set. Times in seconds; absent for what stays until somebody takes it out. */
export type Entry = { readonly span: Span; readonly expiresIn?: number; readonly timeout?: number }

export type DenySet = {
  readonly scope: PortScope
  readonly family: Family
  /** The rule that drops what is in it stands, in a chain that packets go through. */
  readonly inForce: boolean
  readonly entries: readonly Entry[]
}

/** Our sets by their names. What else stands in the table is nobody's business here. */
export type Listed = ReadonlyMap<string, DenySet>

/** What `nft -j list table` says, or what is wrong with it. Source: libnftables-json(5). */
export const parseListing = (text: string): Listed | { readonly wrong: string } => {
  const read = listing.safeParse(asJson(text))
  if (!read.success) return { wrong: 'the answer is no listing of nft, or is cut off' }
  const objects = read.data.nftables
  const rules = isHooked(objects) ? objects.flatMap(({ rule }) => (rule?.chain === CHAIN ? [rule] : [])) : []
  const sets = new Map<string, DenySet>()
  for (const { set } of objects) {
    const ours = set && readSetName(set.name)
    if (!set || !ours) continue
    const { entries, odd } = readElements(set.elem ?? [])
    if (odd !== undefined) return { wrong: `set ${set.name} has an element that is no address: ${odd}` }
    const inForce = rules.some(({ expr }) => dropsFrom(expr, ours.scope, ours.family))
    sets.set(set.name, { ...ours, inForce, entries })
  }
  return sets
}

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const value = z.union([
  z.string(),
  z.object({ prefix: z.object({ addr: z.string(), len: z.number() }) }),
  z.object({ range: z.tuple([z.string(), z.string()]) }),
])
/** Without a timeout, a comment or a counter of its own, an element is its value alone. */
const element = z.union([
  value,
  z.object({ elem: z.object({ val: value, timeout: z.number().optional(), expires: z.number().optional() }) }),
])
/** A set that holds something else than addresses is not ours, and need not be understood. */
const listing = z.object({
  nftables: z.array(
    z.object({
      table: z.object({ flags: z.unknown().optional() }).optional(),
      chain: z
        .object({ name: z.string(), type: z.string().optional(), hook: z.string().optional() })
        .optional(),
      rule: z.object({ chain: z.string(), expr: z.array(z.unknown()) }).optional(),
      set: z.object({ name: z.string(), elem: z.array(z.unknown()).optional() }).optional(),
    }),
  ),
})
type Objects = z.output<typeof listing>['nftables']

/**
 * A chain without a hook sees no packet, and neither does any of a table that was put to sleep. Ours has no flags;
 * which one another has, nft 1.0.6 does not say: where the word should stand, it prints whatever lay in its memory.
 */
const isHooked = (objects: Objects): boolean =>
  objects.some(({ chain }) => chain?.name === CHAIN && chain.type === 'filter' && chain.hook === 'input') &&
  objects.every(({ table }) => table?.flags === undefined)

const readElements = (elements: readonly unknown[]) => {
  const read = elements.map(readElement)
  const at = read.indexOf(undefined)
  return {
    entries: read.filter(entry => entry !== undefined),
    odd: at === -1 ? undefined : JSON.stringify(elements[at]),
  }
}

const readElement = (written: unknown): Entry | undefined => {
  const read = element.safeParse(written)
  if (!read.success) return undefined
  const timed = typeof read.data === 'object' && 'elem' in read.data ? read.data.elem : { val: read.data }
  const span = spanFor(timed.val)
  if (span === undefined) return undefined
  return {
    span,
    ...(timed.expires === undefined ? {} : { expiresIn: timed.expires }),
    ...(timed.timeout === undefined ? {} : { timeout: timed.timeout }),
  }
}

const spanFor = (written: z.output<typeof value>): Span | undefined => {
  if (typeof written === 'string') return readSpan(written)
  return 'prefix' in written
    ? readSpan(written.prefix.addr, written.prefix.len)
    : readRange(written.range[0], written.range[1])
}

/** It is the very rule that a denial adds, whatever it has counted: one that asks for more might let some through. */
const dropsFrom = (expr: readonly unknown[], { protocol, ports }: PortScope, family: Family): boolean => {
  const { from, to } = ports
  const expected = [
    fits(protocol, 'dport', from === to ? from : { range: [from, to] }),
    fits(family === 'ipv4' ? 'ip' : 'ip6', 'saddr', `@${setName({ protocol, ports }, family)}`),
    { drop: null },
  ]
  return isDeepStrictEqual(
    expr.filter(one => !isCounter(one)),
    expected,
  )
}

const fits = (protocol: string, field: string, right: unknown) => ({
  match: { op: '==', left: { payload: { protocol, field } }, right },
})

const isCounter = (one: unknown): boolean => typeof one === 'object' && one !== null && 'counter' in one
