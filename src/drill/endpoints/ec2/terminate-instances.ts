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
    const [kept] = alive.filter(instance => isProtected(world, instance, now))
    if (kept !== undefined) {
      // EC2 ends those of the other zones, and reports a failure of the whole request.
      const ended = alive.filter(instance => !isProtected(world, instance, now))
      return {
        ...refuse(
          'OperationNotPermitted',
          `The instance '${kept.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
        ),
        ...(ended.length > 0 ? { change: changeOf(ended, now) } : {}),
      }
    }
    const body = () => ({
      instancesSet: known.instances.map(instance => ({
        instanceId: instance.id,
        currentState: stateXml(stateAt(instance, now) === 'terminated' ? 'terminated' : 'shutting-down'),
        previousState: stateXml(stateAt(instance, now)),
      })),
    })
    return { ok: true, body, ...(alive.length > 0 ? { change: changeOf(alive, now) } : {}) }
  },
}

const isOver = (instance: WorldInstance, now: number): boolean =>
  ['shutting-down', 'terminated'].includes(stateAt(instance, now))

const isProtected = (world: World, { zone }: WorldInstance, now: number): boolean =>
  disturbances(world, 'terminate-fails', now).some(one => one.zone === zone)

const changeOf = (instances: readonly WorldInstance[], now: number): Change => ({
  at: now,
  endpoint: 'ec2',
  operation: 'TerminateInstances',
  args: { instances: instances.map(({ id }) => id) },
  result: null,
})
