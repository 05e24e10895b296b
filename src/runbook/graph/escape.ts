/**
 * Text as a quoted Mermaid label: all that could mean something to Mermaid, to Markdown or to HTML becomes an
 * entity of its code. A dot after a number is one of them, for `1. x` would be drawn as a list. Quotes with
 * nothing between them do not parse: a blank that does not break stands there.
 */
export const escapeLabel = (text: string): string =>
  text
    .replaceAll(/[^\P{C}\u200c\u200d]+/gu, ' ')
    .trim()
    .replaceAll(MEANS_SOMETHING, entity) || '#160;'

/** In the middle of a word `_` and `-` are letters, and a dot before a digit is one of a number. */
const MEANS_SOMETHING =
  /(?<![\p{L}\p{N}])[_-]|[_-](?![\p{L}\p{N}])|(?<=\p{N})\.(?!\p{N})|[^\p{L}\p{M}\p{N} .,?_-]/gu

const entity = (character: string): string =>
  character === '"' ? '#quot;' : `#${character.codePointAt(0) ?? 0};`
