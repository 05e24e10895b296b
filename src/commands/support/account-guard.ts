import { fail, ok, type Result } from '../../domain/result.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Providers } from '../../providers/contract.js'
import { createProviders, type ProviderSet } from '../../providers/providers.js'
import { verifyAccount } from './account.js'
import { type Io, say } from './io.js'
import type { Setting } from './session-contract.js'

/** Whoever looks at the screen at night is not kept waiting for an API that does not answer: it is there within 5 s. */
const PATIENCE_MS = 2_500

/** Who did not answer is not asked again for so long: every step looks more than once, and each would wait for it. */
const QUIET_MS = 20_000

/**
 * The fleet file names an account: whoever holds other credentials is about to act on somebody else's fleet, and is
 * refused before the first step. Where nobody can say whose they are now, it goes on, and EC2 is asked nothing
 * before that is known.
 */
export const checkAccount = async (io: Io, fleet: Fleet, setting: Setting): Promise<Result<Setting>> => {
  if (fleet.account === undefined || setting.aws === undefined) return ok(setting)
  const providers = createProviders({ ...setting, record: () => {} })
  try {
    const compared = await compare(fleet, providers)
    if (compared.ok) return ok(setting)
    if (compared.failure.code === 'account.mismatch') return compared
    say(io, `${compared.failure.message} ${compared.failure.next}`)
    return ok({ ...setting, unverified: true })
  } finally {
    providers.close()
  }
}

/**
 * EC2, once it is known that the credentials are of the fleet's account. Asked again whenever they were renewed: they
 * may have become those of another one.
 */
export const guardAccount = (fleet: Fleet, { unverified, clock }: Setting, providers: ProviderSet) => {
  let known = unverified ? undefined : providers.renewals()
  let silent: { readonly renewals: number; readonly until: number; readonly said: Result<never> } | undefined
  return async (ec2: Providers['ec2']): ReturnType<Providers['ec2']> => {
    const now = providers.renewals()
    if (fleet.account === undefined || known === now) return ec2()
    if (silent?.renewals === now && clock.now() < silent.until) return silent.said
    const compared = await compare(fleet, providers)
    // The wrong ones were read; the next ones have to be read as well.
    if (!compared.ok && compared.failure.code === 'account.mismatch') providers.renew()
    if (!compared.ok && compared.failure.code === 'ec2.unavailable')
      silent = { renewals: now, until: clock.now() + QUIET_MS, said: compared }
    if (!compared.ok) return compared
    known = now
    return ec2()
  }
}

const compare = async (fleet: Fleet, providers: Pick<Providers, 'sts'>): Promise<Result<string>> => {
  const found = await verifyAccount(fleet, providers, PATIENCE_MS)
  if (found.ok || found.failure.code === 'account.mismatch') return found
  const { code, message } = found.failure
  return fail(
    code === 'ec2.credentials' ? code : 'ec2.unavailable',
    `The account could not be verified: ${message}`,
    'What needs EC2 is not possible before it is; what does not goes on with the last inventory.',
  )
}
