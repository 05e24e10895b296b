import type { fail } from '../../src/domain/result.js'
import type { Nftables } from '../../src/providers/nftables/contract.js'

/** The nftables of a host that gives every request the same failure. */
export const absentNftables = (failure: ReturnType<typeof fail>): Nftables => {
  const failing = async () => failure
  return { look: failing, deny: failing, allow: failing }
}
