import { type Prefix, prefixAround } from './prefix.js'

/** A customer's clients mostly share one of these. `address` is canonical. */
export const networkOf = (address: string): Prefix => prefixAround(address, address.includes(':') ? 48 : 24)
