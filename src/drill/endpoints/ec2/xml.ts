/** What a reply is made of. A list becomes `<item>` elements; undefined leaves its element out. */
export type Xml = string | number | boolean | undefined | readonly Xml[] | { readonly [name: string]: Xml }

export const toXml = (root: string, namespace: string | undefined, body: Xml): string => {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${content(body)}</${root}>`
}

const content = (value: Xml): string => {
  if (value === undefined) return ''
  if (isList(value)) return value.map(entry => element('item', entry)).join('')
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, entry]) => element(name, entry))
      .join('')
  }
  return escaped(String(value))
}

const element = (name: string, value: Xml): string =>
  value === undefined ? '' : `<${name}>${content(value)}</${name}>`

const isList = (value: Xml): value is readonly Xml[] => Array.isArray(value)

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Control characters cannot stand in XML at all. */
const escaped = (text: string): string =>
  [...text]
    .filter(character => character >= ' ' || character === '\t' || character === '\n')
    .map(character => ESCAPES[character] ?? character)
    .join('')
