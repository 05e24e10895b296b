import type { Change } from '../../world/change.js'
import { disturbances } from '../../world/disturbances.js'
import { stateAt } from '../../world/instances.js'
import type { World, WorldInstance } from '../../world/world.js'
import { type Ec2Action, missing, refuse } from './action.js'
import { listOf } from './form.js'
import { stateXml } from './instance-xml.js'
import { knownInstances } from './known.js'

export const terminateInstances: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const ids = listOf(form, 'InstanceId')
    if (ids.length === 0) return missing('InstanceId')
    const known = knownInstances(world, now, ids)
    if (!known.ok) return known
    // Asking again for what has ended already is fine, and no change.
    const alive = known.instances.filter(instance => !isOver(instance, now))
    const shielded = alive.filter(instance => isProtected(world, instance, now))
    const [first] = shielded
    if (first !== undefined) return notPermitted(first, change(alive.filter(elsewhere(shielded)), now))
    const body = () => ({
      instancesSet: known.instances.map(instance => ({
        instanceId: instance.id,
        currentState: stateXml(stateAt(instance, now) === 'terminated' ? 'terminated' : 'shutting-down'),
        previousState: stateXml(stateAt(instance, now)),
      })),
    })
    return { ok: true, body, ...change(alive, now) }
  },
}

const isOver = (instance: WorldInstance, now: number): boolean =>
  ['shutting-down', 'terminated'].includes(stateAt(instance, now))

/** By its own attribute, or by a fault of its zone. */
const isProtected = (world: World, instance: WorldInstance, now: number): boolean =>
  instance.protected === true ||
  disturbances(world, 'terminate-fails', now).some(({ zone }) => zone === instance.zone)

/** One that is protected keeps those of its zone that are named with it. */
const elsewhere =
  (shielded: readonly WorldInstance[]) =>
  ({ zone }: WorldInstance): boolean =>
    shielded.every(one => one.zone !== zone)

type Made = { readonly change?: Change }

/** EC2 ends those of the other zones, and reports a failure of the whole request. */
const notPermitted = ({ id }: WorldInstance, made: Made) => ({
  ...refuse(
    'OperationNotPermitted',
    `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
  ),
  ...made,
})

const change = (ended: readonly WorldInstance[], now: number): Made =>
  ended.length === 0
    ? {}
    : {
        change: {
          at: now,
          endpoint: 'ec2',
          operation: 'TerminateInstances',
          args: { instances: ended.map(({ id }) => id) },
          result: null,
        },
      }
