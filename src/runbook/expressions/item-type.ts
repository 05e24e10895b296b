import type { Item } from '../block.js'
import { DURATION } from './cel-types.js'
import { parseTemplateText } from './template.js'

/** The CEL type of an item of a list, as far as it can be told; `typeOf` gives that of an expression. */
export const itemTypeOf = (item: Item, typeOf: (expression: string) => string): string =>
  asWritten(typeOfItem(item, typeOf))

/** A list is on record before its items are gone through: every number is a double then, and a duration is text. */
const asWritten = (type: string): string =>
  type.replaceAll(/(?<![\w.])u?int(?![\w.])/g, 'double').replaceAll(DURATION, 'string')

const typeOfItem = ({ list, site }: Item, typeOf: (expression: string) => string): string => {
  if (site) return elementOf(typeOf(site.expression))
  if (list?.kind !== 'list') return 'dyn'
  const types = new Set(
    list.items.map(item => {
      if (item.kind !== 'scalar') return 'dyn'
      return typeof item.value === 'string' ? typeOfText(item.value, typeOf) : typeOfLiteral(item.value)
    }),
  )
  const [only] = types
  return types.size === 1 && only !== undefined ? only : 'dyn'
}

const elementOf = (type: string): string => {
  const element = /^list<(.+)>$/.exec(type)?.[1]
  return element === undefined || /^[A-Z]$/.test(element) ? 'dyn' : element // an empty list has items of a type T
}

const typeOfText = (text: string, typeOf: (expression: string) => string): string => {
  const parsed = parseTemplateText(text)
  const [only] = parsed.ok && parsed.whole ? parsed.parts.filter(part => typeof part !== 'string') : []
  return only === undefined ? 'string' : typeOf(only.cel)
}

const typeOfLiteral = (value: number | boolean | null): string => {
  if (typeof value === 'number') return 'double'
  return typeof value === 'boolean' ? 'bool' : 'dyn'
}
