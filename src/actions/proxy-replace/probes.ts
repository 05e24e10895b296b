import type { Plan } from '../../domain/plan.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Ec2Probe } from '../../providers/contract.js'
import { TAG } from '../proxy-life/launch.js'
import { readChanges } from './changes.js'

/**
 * Whether the caller may do this plan and take it back. The launch is asked for in its first place only: each place
 * costs a request, and the others are for when EC2 has no capacity. The move is asked for as one to where the
 * address is already, because the new proxy has no id to ask with.
 */
export const probes = (plan: Plan): readonly Ec2Probe[] => {
  const { old, allocation, launch } = readChanges(plan.changes)
  const parked = { [STATE_TAG.key]: STATE_TAG.parked, [TAG.incident]: TO_COME }
  return [
    {
      operation: 'RunInstances',
      request: {
        launchTemplate: launch.launch_template,
        subnet: launch.subnets[0] ?? '',
        instanceType: launch.instance_types[0] ?? '',
        clientToken: `probe-${plan.digest.slice(0, 32)}`, // that of no op, and the same in every run of a drill
        tags: launchTags(launch),
      },
    },
    {
      operation: 'AssociateAddress',
      request: { allocationId: allocation, instanceId: old, allowReassociation: true },
    },
    { operation: 'CreateTags', ids: [old], tags: parked },
    { operation: 'DeleteTags', ids: [old], keys: [STATE_TAG.key] },
  ]
}

/** The keys of a real launch: a policy may ask for them, or allow no others. */
const launchTags = (launch: ReturnType<typeof readChanges>['launch']) => ({
  Name: `${launch.cluster}-proxy`,
  ...launch.tags,
  [STATE_TAG.key]: STATE_TAG.launching,
  [TAG.incident]: TO_COME,
  [TAG.op]: TO_COME,
})

/** In the place of an id that there is only once it is done. */
const TO_COME = 'probe'
