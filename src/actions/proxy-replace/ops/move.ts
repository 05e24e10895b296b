import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import { frontendUrls } from '../../../fleet/target.js'
import type { Address, Ec2 } from '../../../providers/contract.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'
import { moveByHand } from '../../proxy-life/by-hand.js'
import { newProxyTarget } from '../../proxy-life/new-proxy.js'

const args = z.object({
  allocation: z.string(),
  from: z.string(),
  to: z.string(),
  /** Where `to` serves. Both are absent on the way back: undo puts back what was, also where that serves badly. */
  cluster: z.string().optional(),
  private_ip: z.string().optional(),
  back: z.literal(true).optional(),
})
type Args = z.output<typeof args>

/**
 * The address is taken from `from` and from nobody else, which is looked at first: only there is reassociation
 * allowed. On the way back it may be attached to nothing; then it must be attached to nothing still.
 */
const effect = async (moving: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const { allocation, from, to } = moving
  const ec2 = await hands.providers.ec2()
  if (!ec2.ok) return ec2
  const now = await addressNow(ec2.value, allocation)
  if (!now.ok) return now
  if (now.value.instanceId === to) return ok({ association: now.value.associationId ?? null })
  const holder = now.value.instanceId
  const isFreeForReturn = holder === undefined && moving.back === true
  if (holder !== from && !isFreeForReturn)
    return fail(
      'plan.stale',
      `${allocation} is attached to ${holder ?? 'nothing'}, not to ${from}: somebody moved it`,
      'find out who, then visit the step again for a new plan',
    )
  const serves = await stillServes(moving, hands)
  if (!serves.ok) return serves
  const moved = await ec2.value.associateAddress({
    allocationId: allocation,
    instanceId: to,
    allowReassociation: holder === from,
  })
  return moved.ok ? ok({ association: moved.value.associationId }) : moved
}

/** Between the last look and the move lie a tag and perhaps a restart: clients must not be sent to what has died since. */
const stillServes = async ({ to, cluster, private_ip }: Args, hands: Hands): Promise<Result<null>> => {
  if (cluster === undefined || private_ip === undefined) return ok(null)
  const found = newProxyTarget({ instance: to, cluster, private_ip }, hands)
  if (!found.ok) return found
  const [first] = frontendUrls(found.value.target, found.value.proxies)
  const answer = await hands.providers.memcached(first ?? found.value.target.data).version()
  if (answer.ok) return ok(null)
  // Not the failure of the look itself: a time-out there would read as a move whose outcome is not known.
  return fail(
    'plan.stale',
    `${to} served and no longer does (${answer.failure.message}); no address was moved`,
    'find out why it stopped, then visit the step again for a new proxy',
  )
}

const probe = async ({ allocation, from, to }: Args, _token: string, { providers }: Hands): Promise<Probe> => {
  const ec2 = await providers.ec2()
  const now = ec2.ok ? await addressNow(ec2.value, allocation) : ec2
  if (!now.ok)
    return {
      state: 'unknown',
      evidence: `which instance ${allocation} is attached to (${now.failure.message})`,
    }
  const { instanceId, associationId } = now.value
  if (instanceId === to)
    return {
      state: 'done',
      result: { association: associationId ?? null },
      evidence: `${allocation} is attached to ${to}`,
    }
  if (instanceId === from) return { state: 'not-done', evidence: `${allocation} is still attached to ${from}` }
  return {
    state: 'unknown',
    evidence: `${allocation} is attached to ${instanceId ?? 'nothing'}: neither the old nor the new proxy`,
  }
}

const addressNow = async (ec2: Ec2, allocation: string): Promise<Result<Address>> => {
  const found = await ec2.describeAddresses([{ name: 'allocation-id', values: [allocation] }])
  if (!found.ok) return found
  const [address] = found.value
  return address
    ? ok(address)
    : fail('ec2.not-found', `there is no address ${allocation}`, 'look at the addresses in EC2')
}

export const move = defineOp(args, {
  effect,
  probe,
  byHand: ({ allocation, to }) => moveByHand(allocation, to),
  undo: ({ allocation, from, to }) => [
    {
      kind: 'move',
      key: 'move-back',
      target: allocation,
      args: { allocation, from: to, to: from, back: true },
    },
  ],
})
