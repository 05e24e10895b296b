import type { GetCallerIdentityCommand } from '@aws-sdk/client-sts'

/**
 * Reads the `Date` header of whatever answers that command, as close to the wire as the SDK lets one: a request that
 * is refused because a clock is wrong says what time it is all the same. Undefined until then.
 */
export const hearDate = (command: GetCallerIdentityCommand): (() => number | undefined) => {
  let at: number | undefined
  command.middlewareStack.add(
    next => async args => {
      const answer = await next(args)
      const told = Date.parse(dateOf(answer.response))
      if (!Number.isNaN(told)) at = told
      return answer
    },
    { step: 'deserialize', priority: 'low' },
  )
  return () => at
}

/** The SDK's own HttpResponse; its type is `unknown` at this place. */
const dateOf = (response: unknown): string =>
  (response as { readonly headers?: { readonly date?: string } }).headers?.date ?? ''
