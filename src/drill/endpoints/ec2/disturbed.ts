import { disturbances, isCut, isDrawn } from '../../world/disturbances.js'
import type { World } from '../../world/world.js'
import { type Ec2Reply, refuse } from './action.js'
import type { Call } from './call.js'

// What a scenario's faults make of requests to EC2, whatever these are about.

type Refusal = Extract<Ec2Reply, { readonly ok: false }>
type Asked = Pick<Call, 'service' | 'operation' | 'target'>

/** Turned away before anybody looked at what it asks for; undefined where it is not. */
export const turnedAway = (world: World, now: number, call: Asked): Refusal | undefined => {
  const [expired] = disturbances(world, 'credentials-expire', now)
  if (expired !== undefined) return refuse(expired.code, EXPIRED[expired.code])
  if (call.service !== 'ec2') return undefined
  if (disturbances(world, 'ec2-throttling', now).some(one => meets(world, one, call, now)))
    return refuse('RequestLimitExceeded', 'Request limit exceeded.', 503)
  const failing = disturbances(world, 'ec2-errors', now).some(one => !one.done && meets(world, one, call, now))
  return failing ? internalError() : undefined
}

const EXPIRED = {
  RequestExpired: 'Request has expired.',
  ExpiredToken: 'The security token included in the request is expired',
} as const

/** What was to be answered; or that it failed, where all the same it was done. */
export const muddled = (world: World, now: number, call: Asked, reply: Ec2Reply): Ec2Reply => {
  const isMuddled =
    call.service === 'ec2' &&
    disturbances(world, 'ec2-errors', now).some(one => one.done && meets(world, one, call, now))
  if (!reply.ok || !isMuddled) return reply
  return { ...internalError(), ...(reply.change === undefined ? {} : { change: reply.change }) }
}

const internalError = (): Refusal => refuse('InternalError', 'An internal error has occurred', 500)

/** What becomes of the answer on its way, after `changed` or not: milliseconds that it takes longer, or `cut`. */
export const wayBack = (world: World, now: number, call: Asked, changed: boolean): number | 'cut' => {
  if (call.service !== 'ec2') return 0
  if (isCut(world, call.operation, changed, now)) return 'cut'
  const delays = disturbances(world, 'ec2-stall', now).filter(one => meets(world, one, call, now))
  return Math.max(0, ...delays.map(({ delay }) => delay))
}

type Some = {
  readonly nth: number
  readonly share: number
  readonly operations?: readonly string[] | undefined
}

/** The target, and not the rest of what a client puts into its request: that differs from one incident to the next. */
const meets = (world: World, some: Some, { operation, target }: Asked, now: number): boolean =>
  (some.operations?.includes(operation) ?? true) && isDrawn(world, some, `${operation} ${target}`, now)
