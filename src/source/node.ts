import type { Json } from '../domain/json.js'
import type { Span } from './source.js'

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block'

export type ScalarNode = Span & {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly style: ScalarStyle
}
type ListNode = Span & { readonly kind: 'list'; readonly items: readonly SourceNode[] }
export type MapEntry = { readonly key: string; readonly keySpan: Span; readonly node: SourceNode }
export type MapNode = Span & { readonly kind: 'map'; readonly entries: readonly MapEntry[] }

/** A YAML tree as plain data: every value knows where it stands. */
export type SourceNode = ScalarNode | ListNode | MapNode

export type Path = readonly PropertyKey[]

/** The value without its places. Keys are own properties, whatever their names. */
export const plainValue = (node: SourceNode): Json => {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainValue)
  return Object.fromEntries(node.entries.map(({ key, node: value }) => [key, plainValue(value)]))
}

export const entryOf = (node: SourceNode | undefined, key: string): MapEntry | undefined =>
  node?.kind === 'map' ? node.entries.find(entry => entry.key === key) : undefined

/** The node at a path, or undefined where the file has none. */
export const nodeAt = (root: SourceNode, path: Path): SourceNode | undefined => {
  let node: SourceNode | undefined = root
  for (const segment of path) {
    if (node?.kind === 'list') node = node.items[Number(segment)]
    else node = entryOf(node, String(segment))?.node
  }
  return node
}

/** Where to point for a whole node: a map or a list by its first line only, so that carets stay few. */
export const headSpan = (node: SourceNode): Span => {
  if (node.kind === 'map') return node.entries[0]?.keySpan ?? node
  if (node.kind === 'list') return node.items[0] === undefined ? node : headSpan(node.items[0])
  return node
}

/** The same map without some keys. */
export const without = (node: MapNode, dropped: (key: string) => boolean): MapNode => ({
  ...node,
  entries: node.entries.filter(({ key }) => !dropped(key)),
})
