import type { Failure, Result } from '../../domain/result.js'
import { fail } from '../../domain/result.js'

/** The look before a change has failed: a time-out there must not read as a change whose outcome is not known. */
export const notSent = (failure: Failure): Result<never> =>
  failure.code === 'target.timeout' || failure.code === 'target.protocol'
    ? fail('target.refused', `Nothing was changed: ${failure.message}`, failure.next)
    : { ok: false, failure }

/** Sent, and nobody saw what became of it: that is a doubt, whatever the look has failed of. */
export const notSeen = (url: string, command: string, failure: Failure): Result<never> =>
  fail(
    'target.timeout',
    `${url} took \`${command}\`, and it was not seen done: ${failure.message}`,
    'Look at the list with `show acl` before anything is sent again.',
  )
