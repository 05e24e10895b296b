import { isIPv4 } from 'node:net'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'

/** What HAProxy writes, as a prefix: `10.1.2.3` is `10.1.2.3/32`. Undefined where it is none that can be read in one way. */
export const prefixOf = (text: string): Prefix | undefined => {
  const parsed = parsePrefix(text)
  return parsed.ok ? parsed.value.prefix : undefined
}

/** What HAProxy writes, as one address; IPv4 that came to an IPv6 listener is IPv4. Undefined where it is none. */
export const addressOf = (text: string): string | undefined => {
  if (isIPv4(text)) return text // has one form only, and there are many thousands
  return text.includes('/') ? undefined : prefixOf(text)?.replace(/\/.*/, '')
}
