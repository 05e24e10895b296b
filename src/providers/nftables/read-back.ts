import { fail, ok, type Result } from '../../domain/result.js'
import type { Listed } from './listing.js'
import { TABLE } from './names.js'
import { type Nft, readTable } from './nft.js'

/**
 * Looks whether what nft took is so. That an exit code says so is not enough; and what cannot be seen is in doubt,
 * also where the look itself was never sent.
 */
export const readBack = async (
  nft: Nft,
  differs: (listed: Listed) => string | undefined,
): Promise<Result<null>> => {
  const listed = await readTable(nft)
  const wrong = listed.ok
    ? differs(listed.value)
    : `what stands there now cannot be read (${listed.failure.message})`
  if (wrong === undefined) return ok(null)
  return fail(
    'target.timeout',
    `nft on ${nft.host} took the change, but ${wrong}.`,
    `Look there with \`nft list table ${TABLE}\`: somebody else may work on it at the same time.`,
  )
}
