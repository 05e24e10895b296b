import * as z from 'zod'
import type { Takes } from '../../domain/event.js'
import { toInstant } from '../../domain/instant.js'
import type { Json } from '../../domain/json.js'
import { ok, type Result } from '../../domain/result.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import { defineOp, type Hands, type OpBehaviour, type OpRequest, type Probe } from '../contract.js'
import { tagByHand, untagByHand } from './by-hand.js'
import { TAG } from './launch.js'

/** `cluster`: absent in journals of before it was written down, and where the instance never served there. */
const args = z.object({ instance: z.string(), cluster: z.string().optional() })
type Args = z.output<typeof args>

/** `abandoned`: it never came to serve. */
const parkArgs = args.extend({ abandoned: z.boolean().optional() })

type State = typeof STATE_TAG.parked | typeof STATE_TAG.inService | typeof STATE_TAG.launching

const tagAs =
  (state: State): OpBehaviour<Args>['effect'] =>
  async ({ instance }, _token, { providers, incident, clock }: Hands): Promise<Result<Json>> => {
    const ec2 = await providers.ec2()
    if (!ec2.ok) return ec2
    const tagged = await ec2.value.createTags([instance], {
      [STATE_TAG.key]: state,
      [TAG.incident]: incident,
      ...(state === STATE_TAG.parked ? { [TAG.since]: toInstant(clock.now()) } : {}),
    })
    return tagged.ok ? ok({ [state]: instance }) : tagged
  }

const untag = async ({ instance }: Args, _token: string, { providers }: Hands): Promise<Result<Json>> => {
  const ec2 = await providers.ec2()
  if (!ec2.ok) return ec2
  const untagged = await ec2.value.deleteTags([instance], [STATE_TAG.key, TAG.since])
  return untagged.ok ? ok({ 'in-service': instance }) : untagged
}

const probeFor =
  (isDone: (state: string | undefined) => boolean): OpBehaviour<Args>['probe'] =>
  async ({ instance }, _token, { providers }): Promise<Probe> => {
    const ec2 = await providers.ec2()
    const found = ec2.ok ? await ec2.value.describeInstances({ ids: [instance] }) : ec2
    const evidence = `the tag ${STATE_TAG.key} of ${instance}`
    if (!found.ok) return { state: 'unknown', evidence: `${evidence} (${found.failure.message})` }
    const state = found.value[0]?.tags[STATE_TAG.key]
    return isDone(state)
      ? { state: 'done', result: { instance, parked: state === STATE_TAG.parked }, evidence }
      : { state: 'not-done', evidence }
  }

const takes = ({ instance, cluster }: Args): Takes | undefined =>
  cluster === undefined ? undefined : { cluster, targets: [instance] }

const request = (kind: string, key: string, { instance, cluster }: Args): OpRequest => ({
  kind,
  key,
  target: instance,
  args: { instance, ...(cluster === undefined ? {} : { cluster }) },
})

/**
 * Out of service, tagged, kept running: discovery passes over it, and undo can bring it back. Not what was
 * abandoned: that was never in service, so it stays parked.
 */
export const park = defineOp(parkArgs, {
  effect: tagAs(STATE_TAG.parked),
  probe: probeFor(state => state === STATE_TAG.parked),
  byHand: ({ instance }) => tagByHand(instance, STATE_TAG.parked),
  undo: parked => (parked.abandoned ? [] : [request('unpark', 'unpark', parked)]),
  takes: parked => (parked.abandoned ? undefined : takes(parked)),
})

export const unpark = defineOp(args, {
  effect: untag,
  probe: probeFor(state => state !== STATE_TAG.parked),
  byHand: ({ instance }) => untagByHand(instance),
  undo: unparked => [request('park', 'park-again', unparked)],
})

/** From now on the fleet sees what was launched. */
export const enterService = defineOp(args, {
  effect: tagAs(STATE_TAG.inService),
  probe: probeFor(state => state === STATE_TAG.inService),
  byHand: ({ instance }) => tagByHand(instance, STATE_TAG.inService),
  undo: entered => [request('leave-service', 'leave-service', entered)],
})

/** The fleet passes over it, as after its launch. Parking it is left to whoever takes the launch back. */
export const leaveService = defineOp(args, {
  effect: tagAs(STATE_TAG.launching),
  probe: probeFor(state => state !== STATE_TAG.inService),
  byHand: ({ instance }) => tagByHand(instance, STATE_TAG.launching),
  undo: left => [request('enter-service', 'enter-service-again', left)],
  takes,
})
