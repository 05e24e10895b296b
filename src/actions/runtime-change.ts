import type { Json } from '../domain/json.js'
import { fail, ok, type Result } from '../domain/result.js'

/** One change over the runtime API of a proxy, and how it can be seen there. */
export type RuntimeChange<Seen> = {
  readonly proxy: string
  /** As an operator would type it. */
  readonly command: string
  /** The command that shows its effect. */
  readonly shownBy: string
  readonly look: () => Promise<Result<Seen>>
  /** What there is to say without sending anything; undefined where it is to be sent. */
  readonly unsent: (before: Seen) => Result<Json> | undefined
  readonly send: () => Promise<Result<null>>
  /** What it came to; undefined where there is no effect to be seen. */
  readonly seen: (after: Seen) => Json | undefined
}

/** It counts when it is seen: the answer to the command says only that it was understood. */
export const changeAndSee = async <Seen>(change: RuntimeChange<Seen>): Promise<Result<Json>> => {
  const before = await change.look()
  if (!before.ok) return notSent(change.proxy, before.failure.message)
  const unsent = change.unsent(before.value)
  if (unsent) return unsent
  const sent = await change.send()
  if (!sent.ok) return sent
  const after = await change.look()
  if (!after.ok) return notSeen(change, after.failure.message)
  const result = change.seen(after.value)
  return result === undefined ? noEffect(change) : ok(result)
}

/** Not the failure of the look itself: a time-out there would read as a change whose outcome is not known. */
const notSent = (proxy: string, why: string): Result<never> =>
  fail(
    'target.refused',
    `nothing was sent to ${proxy}: ${why}`,
    'mend what the message names, then visit again',
  )

type Words = Pick<RuntimeChange<unknown>, 'proxy' | 'command' | 'shownBy'>

/** Sent, and nobody saw what became of it: that is a doubt, whatever the look failed of. */
const notSeen = ({ proxy, command, shownBy }: Words, why: string): Result<never> =>
  fail('target.timeout', `\`${command}\` was sent to ${proxy}, and not seen done: ${why}`, `look at ${shownBy}`)

const noEffect = ({ proxy, command, shownBy }: Words): Result<never> =>
  fail(
    'target.rejected',
    `${proxy} raised no objection to \`${command}\`, and ${shownBy} shows no effect`,
    `look at ${shownBy} on that proxy; somebody may be changing it at the same time`,
  )
