import * as z from 'zod'
import type { Json, JsonObject } from '../../../domain/json.js'
import { type Failure, fail, ok, type Result } from '../../../domain/result.js'
import { STATE_TAG } from '../../../fleet/discovery.js'
import type { Ec2, Instance } from '../../../providers/contract.js'
import { groupOf } from '../../auto-scaling.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'
import { strikeAt } from '../../ip-filter/strike-at.js'
import { terminateByHand } from '../../proxy-life/by-hand.js'
import { pollUntil } from '../../proxy-life/poll.js'
import { hasEnded, isParked } from '../parked.js'

const args = z.object({ instance: z.string() })
type Args = z.output<typeof args>

/** Looked at before, because what is ended cannot come back; and after any error, because EC2 may have done it all the same. */
const effect = async ({ instance: id }: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const ec2 = await hands.providers.ec2()
  if (!ec2.ok) return ec2
  const now = await lookAt(ec2.value, id)
  if (!now.ok) return now
  if (now.value === 'gone' || hasEnded(now.value))
    return ok(ended(id, hands, 'had ended before; nothing was sent'))
  const still = await mayEnd(ec2.value, now.value)
  if (!still.ok) return still
  const sent = await ec2.value.terminateInstances([id])
  if (sent.ok) return ok(ended(id, hands))
  const after = await lookAt(ec2.value, id)
  if (after.ok && (after.value === 'gone' || hasEnded(after.value))) return ok(ended(id, hands))
  return { ok: false, failure: notEnded(id, sent.failure) }
}

/** What stood there stands nowhere any more. */
const ended = (id: string, { filters }: Hands, ...told: readonly string[]): JsonObject => {
  const struck = strikeAt(id, filters)
  const words = [
    ...told,
    ...(struck.ok ? [] : [`its filters are still in the register: ${struck.failure.message}`]),
  ]
  return { terminated: id, ...(words.length > 0 ? { told: words.join('; ') } : {}) }
}

/** EC2 forgets an instance about an hour after its end. */
const lookAt = async (ec2: Ec2, id: string): Promise<Result<Instance | 'gone'>> => {
  const found = await ec2.describeInstances({ ids: [id] })
  if (found.ok) return ok(found.value.find(one => one.id === id) ?? 'gone')
  return found.failure.code === 'ec2.not-found' ? ok('gone') : found
}

/** Since the plan, somebody may have put it back to use. */
const mayEnd = async (ec2: Ec2, instance: Instance): Promise<Result<null>> => {
  const { id, tags } = instance
  const group = groupOf(instance)
  if (!isParked(instance))
    return stale(`${id} is no longer parked: its ${STATE_TAG.key} is ${tags[STATE_TAG.key] ?? 'not set'}`)
  if (group !== undefined) return stale(`${id} is in the Auto Scaling group ${group} now`)
  const addresses = await ec2.describeAddresses([{ name: 'instance-id', values: [id] }])
  if (!addresses.ok) return addresses
  const [address] = addresses.value
  return address ? stale(`${id} holds the elastic IP ${address.publicIp} now`) : ok(null)
}

const stale = (what: string): Result<never> =>
  fail(
    'plan.stale',
    `${what}; nothing was sent`,
    'find out who put it back to use, then visit the step again for a new plan',
  )

const notEnded = (id: string, why: Failure): Failure =>
  why.code === 'ec2.not-permitted'
    ? {
        ...why,
        message: `${id} is protected against termination, and runs on: ${why.message}`,
        next: `if it may go: aws ec2 modify-instance-attribute --instance-id ${id} --no-disable-api-termination, then visit the step again`,
      }
    : why

/** EC2 may show for a while what was before. */
const EVERY_MS = 5_000
const WITHIN_MS = 30_000

const probe = async ({ instance: id }: Args, _token: string, hands: Hands): Promise<Probe> => {
  const { providers, clock } = hands
  const ec2 = await providers.ec2()
  const what = `the state of ${id} in EC2`
  if (!ec2.ok) return { state: 'unknown', evidence: `${what} (${ec2.failure.message})` }
  const patience = { every: EVERY_MS, within: WITHIN_MS, what: `${id} to end` }
  const found = await pollUntil(clock, patience, async () => {
    const now = await lookAt(ec2.value, id)
    if (!now.ok) return now
    if (now.value === 'gone') return ok('EC2 no longer knows it')
    return hasEnded(now.value) ? ok(now.value.state) : undefined
  })
  if (found.ok) return { state: 'done', result: ended(id, hands), evidence: `${what}: ${found.value}` }
  return found.failure.code === 'wait.timeout'
    ? { state: 'not-done', evidence: `${what}: ${found.failure.message}` }
    : { state: 'unknown', evidence: `${what} (${found.failure.message})` }
}

export const terminate = defineOp(args, {
  effect,
  probe,
  byHand: ({ instance }) => terminateByHand(instance),
  undo: 'irreversible',
})
