import type { Plan } from '../../domain/plan.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Ec2Probe } from '../../providers/contract.js'
import { TAG } from '../proxy-life/launch.js'
import { type Launch, readChanges } from './changes.js'

/**
 * Whether the caller may do this plan and take it back. The launch is asked for once and in its first place only:
 * each place costs a request, and the others are for when EC2 has no capacity. A move is asked for as one to where
 * the address is already, because the new proxy has no id to ask with.
 */
export const probes = (plan: Plan): readonly Ec2Probe[] => {
  const slots = readChanges(plan.changes)
  return [
    ...slots.slice(0, 1).map(({ launch }) => launchProbe(plan, launch)),
    ...slots.flatMap(({ old, leave }) =>
      leave.by === 'move'
        ? [
            {
              operation: 'AssociateAddress' as const,
              request: { allocationId: leave.allocation, instanceId: old, allowReassociation: true },
            },
          ]
        : [],
    ),
    ...parkProbes(slots.map(({ old }) => old)),
  ]
}

/** To park them, and to take that back. */
export const parkProbes = (ids: readonly string[]): readonly Ec2Probe[] =>
  ids.length === 0
    ? []
    : [
        {
          operation: 'CreateTags',
          ids,
          tags: { [STATE_TAG.key]: STATE_TAG.parked, [TAG.incident]: TO_COME, [TAG.since]: TO_COME },
        },
        { operation: 'DeleteTags', ids, keys: [STATE_TAG.key, TAG.since] },
      ]

export const launchProbe = (plan: Plan, launch: Launch): Ec2Probe => ({
  operation: 'RunInstances',
  request: {
    launchTemplate: launch.launch_template,
    subnet: launch.subnets[0] ?? '',
    instanceType: launch.instance_types[0] ?? '',
    clientToken: `probe-${plan.digest.slice(0, 32)}`, // that of no op, and the same in every run of a drill
    tags: launchTags(launch),
  },
})

/** The keys of a real launch: a policy may ask for them, or allow no others. */
const launchTags = (launch: Launch) => ({
  Name: `${launch.cluster}-proxy`,
  ...launch.tags,
  [STATE_TAG.key]: STATE_TAG.launching,
  [TAG.incident]: TO_COME,
  [TAG.op]: TO_COME,
})

/** In the place of an id that there is only once it is done. */
const TO_COME = 'probe'
