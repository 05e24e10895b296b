import { fail, type Result } from '../../domain/result.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Providers } from '../../providers/contract.js'

/**
 * The account that these credentials belong to. `account.mismatch` where the fleet file names another one; any other
 * failure means that it could not be found out. `patience` in milliseconds.
 */
export const verifyAccount = async (
  fleet: Fleet,
  providers: Pick<Providers, 'sts'>,
  patience: number,
): Promise<Result<string>> => {
  const sts = await providers.sts()
  const account = sts.ok ? await sts.value.account(patience) : sts
  if (!account.ok || fleet.account === undefined || account.value === fleet.account) return account
  return fail(
    'account.mismatch',
    `these credentials are of account ${account.value}; ${fleet.file} is for ${fleet.account}`,
    'use the credentials of that account, or another fleet file',
  )
}
