import type { Plan } from '../../domain/plan.js'
import type { Ec2Probe } from '../../providers/contract.js'
import { launchProbe, parkProbes } from '../proxy-replace/probes.js'
import { departuresIn, growthIn } from './changes.js'

/** Whether the caller may do this plan and take it back; a launch is asked for once, and in its first place only. */
export const probes = (plan: Plan): readonly Ec2Probe[] => [
  ...growthIn(plan.changes)
    .slice(0, 1)
    .map(({ launch }) => launchProbe(plan, launch)),
  ...parkProbes(departuresIn(plan.changes).map(({ proxy }) => proxy)),
]
