import { parsePrefix } from '../../src/fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../src/fleet/addresses/prefix.js'
import { okOf } from './wire.js'

/** A prefix that a test names. */
export const prefix = (text: string): Prefix => okOf(parsePrefix(text)).prefix
