import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Instance } from '../../providers/contract.js'
import { defineOp, type Hands } from '../contract.js'
import { pollUntil } from './poll.js'

const args = z.object({ instance: z.string(), cluster: z.string() })

const EVERY_MS = 5_000
const WITHIN_MS = 300_000

const effect = async (
  { instance }: z.output<typeof args>,
  _token: string,
  hands: Hands,
): Promise<Result<Json>> => {
  const ec2 = await hands.providers.ec2()
  if (!ec2.ok) return ec2
  const look = async () => {
    const found = await ec2.value.describeInstances({ ids: [instance] })
    // Right after its launch EC2 may not know it yet.
    if (!found.ok) return found.failure.code === 'ec2.not-found' ? undefined : found
    return progress(instance, found.value[0])
  }
  return pollUntil(hands.clock, { every: EVERY_MS, within: WITHIN_MS, what: `${instance} to run` }, look)
}

/** Undefined: not yet. A launch can be accepted and come to nothing; its reason is all there is to go by. */
const progress = (id: string, instance: Instance | undefined): Result<Json> | undefined => {
  if (!instance || instance.state === 'pending') return undefined
  if (instance.state !== 'running')
    return fail(
      'ec2.rejected',
      `${id} was launched and is ${instance.state}: ${instance.stateReason ?? 'EC2 gives no reason'}`,
      'mend what the reason names (quota, KMS grant, image), then visit the step again',
    )
  if (instance.privateIp === undefined) return undefined
  return ok({ private_ip: instance.privateIp, zone: instance.zone ?? null })
}

export const awaitRunning = defineOp(args, {
  effect,
  probe: async () => ({ state: 'not-done', evidence: 'a look; it is made again' }),
  undo: 'nothing',
})
