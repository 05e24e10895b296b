import { STATE_TAG } from '../../fleet/discovery.js'
import { launchByHand, moveByHand, tagByHand } from '../proxy-life/by-hand.js'
import { bySocat } from '../socat.js'
import type { Slot } from './changes.js'

/** What the operator fills in: the instance that was launched. */
const NEW = '<new>'

/** A replacement by hand, in the first of its places. `denying`: what puts up at the new one what stands. */
export const commandsFor = (
  { old, launch, leave }: Omit<Slot, 'launchKey'>,
  denying: readonly string[],
): readonly string[] => {
  const { launch_template, subnets, instance_types, tags } = launch
  const [subnet, instance_type] = [subnets[0], instance_types[0]]
  return [
    launchByHand({ launch_template, subnet, instance_type, tags }),
    ...denying,
    tagByHand(NEW, STATE_TAG.inService),
    ...leaveByHand(leave),
    tagByHand(old, STATE_TAG.parked),
  ]
}

export const leaveByHand = (leave: Slot['leave']): readonly string[] => {
  switch (leave.by) {
    case 'move':
      return [moveByHand(leave.allocation, NEW)]
    case 'drain':
      return [
        ...leave.frontends.map(frontend => bySocat(`disable frontend ${frontend}`, leave.admin)),
        `sleep ${leave.deadlineSeconds}`,
        ...leave.servers.map(server => bySocat(`shutdown sessions server ${server}`, leave.admin)),
      ]
    case 'nothing':
      return []
  }
}
