import { parsePrefix } from '../../../src/fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../../src/fleet/addresses/prefix.js'
import { okOf } from '../../providers/wire.js'

/** A prefix of a test, or one address. */
export const prefixOf = (text: string): Prefix => okOf(parsePrefix(text)).prefix
