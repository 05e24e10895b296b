import { stateAt } from '../../world/instances.js'
import { type Ec2Action, missing } from './action.js'
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
    const alive = known.instances.filter(instance => instance.terminatedAt === undefined)
    const body = () => ({
      instancesSet: known.instances.map(instance => ({
        instanceId: instance.id,
        currentState: stateXml(stateAt(instance, now) === 'terminated' ? 'terminated' : 'shutting-down'),
        previousState: stateXml(stateAt(instance, now)),
      })),
    })
    if (alive.length === 0) return { ok: true, body }
    return {
      ok: true,
      change: {
        at: now,
        endpoint: 'ec2',
        operation: 'TerminateInstances',
        args: { instances: alive.map(instance => instance.id) },
        result: null,
      },
      body,
    }
  },
}
