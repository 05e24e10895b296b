import { parsePrefix } from '../addresses/parse-prefix.js'
import type { Protected } from './allowlist.js'

/** What is wrong with a line, and what to write instead. */
export type Malformed = { readonly at: string; readonly message: string; readonly next: string }

/**
 * An address or prefix a line, and after it the customer's name; `#` begins a comment. A single line that cannot be
 * read makes the file unusable: whoever stands there would be blocked.
 */
export const parseAllowlist = (
  file: string,
  text: string,
): { readonly entries: readonly Protected[]; readonly malformed: readonly Malformed[] } => {
  const entries: Protected[] = []
  const malformed: Malformed[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [written = '', ...words] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    if (written === '') continue
    const at = `${file}:${index + 1}`
    const parsed = parsePrefix(written)
    if (!parsed.ok) malformed.push({ at, message: parsed.failure.message, next: parsed.failure.next })
    else
      entries.push({ prefix: parsed.value.prefix, ...(words.length > 0 ? { name: words.join(' ') } : {}), at })
  }
  return { entries, malformed }
}
