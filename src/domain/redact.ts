/** A value that must appear nowhere, and the name that stands in its place. */
export type SecretValue = { readonly name: string; readonly value: string }

export type Redactor = {
  /** The text with `[secret NAME]` for every value in it, however it is written; the same text where there is none. */
  readonly text: (text: string) => string
  /** The same for every text in a tree, keys included; the same tree where there is none. */
  readonly tree: <T>(tree: T) => T
}

/** Shorter ones are in ordinary text by accident, and would take it apart. */
export const SHORTEST_SECRET = 6

/** What stands in the place of a value. */
export const REDACTED = /\[secret [\w-]+\]/

/**
 * Finds values as they are; in base64 and base64url, also inside a longer one and wrapped over lines; with any of
 * their characters percent-encoded or escaped as in JSON. Where it stops being true: a value that is cut in two,
 * compressed, encrypted, in hexadecimal, or a number instead of a text. Values that are too short are passed over.
 */
export const createRedactor = (values: readonly SecretValue[]): Redactor => {
  const fit = values.filter(({ value }) => value.length >= SHORTEST_SECRET)
  if (fit.length === 0) return { text: text => text, tree: tree => tree }
  // The longest first: one value may be the beginning of another.
  const ordered = [...fit].sort((a, b) => b.value.length - a.value.length)
  const pattern = new RegExp(ordered.map(({ value }) => `(${formsOf(value).join('|')})`).join('|'), 'g')
  const markers = ordered.map(({ name }) => markerFor(name, pattern))
  const text = (from: string): string =>
    from.replace(pattern, (_, ...groups: unknown[]) => {
      const found = groups.findIndex(group => group !== undefined)
      return markers[found] ?? BLANK
    })
  return { text, tree: tree => redactTree(tree, text) }
}

const BLANK = '[***]'

/** A value that is itself a word of the marker, such as `secret`, must not come back with it. */
const markerFor = (name: string, pattern: RegExp): string => {
  const marker = `[secret ${name}]`
  return marker.search(pattern) === -1 ? marker : BLANK
}

const redactTree = <T>(tree: T, text: (from: string) => string): T => {
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return text(node)
    if (Array.isArray(node)) {
      const items = node.map(walk)
      return items.some((item, index) => item !== node[index]) ? items : node
    }
    if (typeof node !== 'object' || node === null) return node
    const before = Object.entries(node)
    const after = before.map(([key, value]) => [text(key), walk(value)] as const)
    const same = after.every(
      ([key, value], index) => key === before[index]?.[0] && value === before[index]?.[1],
    )
    return same ? node : Object.fromEntries(after)
  }
  return walk(tree) as T // texts become texts, and nothing else changes
}

/** Each as the source of a regular expression whose next step always follows from the next character. */
const formsOf = (value: string): readonly string[] => {
  const trimmed = value.trim()
  const written = trimmed.length >= SHORTEST_SECRET && trimmed !== value ? [value, trimmed] : [value]
  return written.flatMap(one => [
    literally(one),
    percentEncoded(one),
    jsonEscaped(one),
    ...[0, 1, 2].map(offset => base64At(one, offset)),
  ])
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

const bytesOf = (text: string): readonly number[] => [...new TextEncoder().encode(text)]
const hex = (value: number, digits: number): string =>
  value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, digit => `[${digit}${digit.toUpperCase()}]`)

/** Which characters are encoded differs from one encoder to the next; `%` always is. A blank may be a `+`. */
const percentEncoded = (text: string): string =>
  [...text]
    .map(character => {
      const encoded = bytesOf(character)
        .map(byte => `%${hex(byte, 2)}`)
        .join('')
      if (character === '%') return encoded
      return `(?:${literally(character)}|${encoded}${character === ' ' ? '|\\+' : ''})`
    })
    .join('')

/** Escaped once or up to four times, JSON in JSON; some encoders escape `/`, `<` or all that is not ASCII. */
const jsonEscaped = (text: string): string =>
  text.replace(/\\+|[^\\]/gu, part => {
    if (part.startsWith('\\')) return `(?:\\\\\\\\){${part.length},${8 * part.length}}`
    const units = Array.from(
      { length: part.length },
      (_, index) => `${ESCAPE}u${hex(part.charCodeAt(index), 4)}`,
    )
    const short = SHORT_ESCAPES[part]
    return `(?:${literally(part)}|${units.join('')}${short === undefined ? '' : `|${ESCAPE}${short}`})`
  })

/** Bounded, so that a long run of backslashes is not read again from each of them. */
const ESCAPE = '\\\\{1,15}'

const SHORT_ESCAPES: { readonly [character: string]: string } = {
  '"': '"',
  '/': '\\/',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** One character of base64 or base64url, which may itself be percent-encoded or escaped as in JSON. */
const ANY_DIGIT = '(?:[A-Za-z0-9+/_-]|%2[bBfF]|\\\\/)'
/** Long base64 is often wrapped, here and there inside JSON. */
const BREAK = '(?:\\s|\\\\[nr])*'

/**
 * The value in base64 that begins `offset` bytes into a group of three. The characters that it shares with its
 * neighbours hold some of its bits, so they go with it.
 */
const base64At = (text: string, offset: number): string => {
  const bits = [...Array<number>(offset).fill(0), ...bytesOf(text)]
    .map(byte => byte.toString(2).padStart(8, '0'))
    .join('')
  const first = Math.ceil((offset * 8) / 6)
  const end = Math.floor(bits.length / 6)
  const digits = Array.from({ length: end - first }, (_, index) => digitAt(bits, first + index))
  const before = offset === 0 ? [] : [ANY_DIGIT]
  const after = bits.length % 6 === 0 ? [] : [ANY_DIGIT]
  return [...before, ...digits, ...after].join(BREAK)
}

const digitAt = (bits: string, index: number): string => {
  const digit = ALPHABET[Number.parseInt(bits.slice(index * 6, index * 6 + 6), 2)] ?? ''
  if (digit === '+') return '(?:[+-]|%2[bB])'
  return digit === '/' ? '(?:[/_]|%2[fF]|\\\\/)' : digit
}
