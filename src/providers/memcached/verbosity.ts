import { fail, ok, type Result } from '../../domain/result.js'
import type { Memcached } from '../contract.js'

/** How much a server logs: 0 is nothing but errors, 2 is every command. */
export const verbosityOf = async (memcached: Memcached): Promise<Result<number>> => {
  const settings = await memcached.stats('settings')
  if (!settings.ok) return settings
  const { verbosity } = settings.value
  return verbosity !== undefined && /^\d+$/.test(verbosity)
    ? ok(Number(verbosity))
    : fail(
        'target.protocol',
        'its `stats settings` do not say how much it logs',
        'look whether it is a memcached that answers there, and not a proxy in front of it',
      )
}
