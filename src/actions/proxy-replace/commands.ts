import { STATE_TAG } from '../../fleet/discovery.js'
import { launchByHand, moveByHand, tagByHand } from '../proxy-life/by-hand.js'
import type { Replacement } from './changes.js'

/** What the operator fills in: the instance that was launched. */
const NEW = '<new>'

/** A replacement by hand, in the first of its places. */
export const commandsFor = ({ old, allocation, launch }: Replacement): readonly string[] => {
  const { launch_template, subnets, instance_types, tags } = launch
  const [subnet, instance_type] = [subnets[0], instance_types[0]]
  return [
    launchByHand({ launch_template, subnet, instance_type, tags }),
    tagByHand(NEW, STATE_TAG.inService),
    moveByHand(allocation, NEW),
    tagByHand(old, STATE_TAG.parked),
  ]
}
