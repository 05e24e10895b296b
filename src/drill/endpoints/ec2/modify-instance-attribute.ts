import { DONE, type Ec2Action, missing } from './action.js'
import { knownInstances } from './known.js'

/** Termination protection only. */
export const modifyInstanceAttribute: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const id = form.get('InstanceId')
    const value = form.get('DisableApiTermination.Value')
    if (id === undefined) return missing('InstanceId')
    if (value === undefined) return missing('DisableApiTermination')
    const known = knownInstances(world, now, [id])
    if (!known.ok) return known
    const args = { instance: id, protected: value === 'true' }
    return {
      ok: true,
      change: { at: now, endpoint: 'ec2', operation: 'ModifyInstanceAttribute', args, result: null },
      body: () => DONE,
    }
  },
}
