import * as z from 'zod'
import { flood, surge } from './cluster-faults.js'
import {
  credentialsExpire,
  ec2Cut,
  ec2Errors,
  ec2Invisible,
  ec2Stall,
  ec2Throttling,
  noCapacity,
  quota,
  terminateFails,
} from './ec2-faults.js'
import { hotHost, stuckFrontend } from './host-faults.js'
import { adminHangs, launchDies, neverHealthy } from './launch-faults.js'

/** Every kind of fault, in the order in which the reference tells of them. */
export const FAULTS = [
  hotHost,
  surge,
  flood,
  stuckFrontend,
  adminHangs,
  neverHealthy,
  launchDies,
  noCapacity,
  quota,
  terminateFails,
  ec2Throttling,
  ec2Errors,
  ec2Cut,
  ec2Stall,
  ec2Invisible,
  credentialsExpire,
] as const

export const fault = z.discriminatedUnion('kind', FAULTS, {
  error: `must be one of ${FAULTS.map(({ shape }) => shape.kind.value).join(', ')}`,
})

/** One fault as written. Durations in milliseconds. */
export type Fault = z.output<typeof fault>
export type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>
