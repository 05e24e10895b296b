import { holds } from '../../fleet/addresses/arithmetic.js'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import { lengthOf, type Prefix } from '../../fleet/addresses/prefix.js'
import { type Blocks, blocksBy, type Everybody } from './block.js'
import type { WorldInstance } from './world.js'

// The list of denied addresses in the HAProxy of a proxy. What was added at run time is the process's own: a proxy
// that is launched in the place of another begins with what the file says.

/** What somebody has put into the file long ago: for benchmarks (RFC 2544), and no client's. */
const IN_FILE = ['198.18.0.0/15']

/** Texts as they were written, in the order in which they came. */
export const deniedAt = (instance: WorldInstance, t: number): readonly string[] => {
  let patterns = [...IN_FILE]
  for (const { at, verb, pattern } of instance.listings) {
    if (at > t) break
    if (verb === 'add acl') patterns.push(pattern)
    else patterns = patterns.filter(one => one !== pattern)
  }
  return patterns
}

/**
 * Whom the list keeps out, and when. HAProxy compares across families (`fleet/addresses/client-forms.ts`), and so does
 * `everybody`.
 */
export const denyListBlocks = (host: WorldInstance, everybody: Everybody): Blocks => {
  const patterns = new Set([...IN_FILE, ...host.listings.map(({ pattern }) => pattern)])
  const rules = [...patterns].flatMap(rule => {
    const prefix = prefixOf(rule)
    const turns = host.listings.flatMap(({ pattern, at }) => (pattern === rule ? [at] : []))
    return prefix === undefined ? [] : [{ prefix, rule, turns: IN_FILE.includes(rule) ? [0, ...turns] : turns }]
  })
  return blocksBy(rules, everybody, (_, by, t) => {
    const denied = deniedAt(host, t)
    return by.some(pattern => denied.includes(pattern))
  })
}

/** The narrowest of those patterns that an address falls under. */
export const matchOf = (patterns: readonly string[], text: string): string | undefined => {
  const address = prefixOf(text)
  if (address === undefined) return undefined
  const found = patterns.flatMap(pattern => {
    const prefix = prefixOf(pattern)
    return prefix !== undefined && holds([prefix], address) ? [{ pattern, length: lengthOf(prefix) }] : []
  })
  return found.toSorted((a, b) => b.length - a.length)[0]?.pattern
}

/** HAProxy takes some that are none here, such as those with a mask in the place of the length. */
export const prefixOf = (text: string): Prefix | undefined => {
  const parsed = parsePrefix(text)
  return parsed.ok ? parsed.value.prefix : undefined
}
