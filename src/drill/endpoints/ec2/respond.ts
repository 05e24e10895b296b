import { hex } from '../../random.js'
import type { Stage } from '../../stage.js'
import { type Ec2Error, type Ec2Reply, refuse } from './action.js'
import type { Call } from './call.js'
import { muddled, turnedAway, wayBack } from './disturbed.js'
import { toXml, type Xml } from './xml.js'

export type Response = {
  readonly status: number
  readonly xml: string
  /** Milliseconds that it takes longer than any other, or that the connection is cut before it. */
  readonly wayBack: number | 'cut'
}

const EC2_NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/'
const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** Answers a call from the world as it is now, after making its change if it asks for one. */
export const respond = (stage: Stage, call: Call): Response => {
  const id = requestId(stage, call)
  const reply = decide(stage, call)
  const committed = reply.change === undefined ? undefined : stage.commit(reply.change)
  if (committed?.ok === false) {
    const lost = { code: 'InternalError', message: 'An internal error.', status: 500 }
    return { ...failed(lost, call, id), wayBack: 0 }
  }
  const said = reply.ok
    ? { status: 200, xml: succeeded(call, id, reply.body(stage.world())) }
    : failed(reply.error, call, id)
  return { ...said, wayBack: wayBack(stage.world(), stage.clock.now(), call, reply.change !== undefined) }
}

/** Looks like EC2's, and is the same in every run of the same drill. */
const requestId = (stage: Stage, { operation, target }: Call): string =>
  hex(32, stage.world().seed, 'request', stage.clock.now(), operation, target).replace(
    /^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
    '$1-$2-$3-$4-$5',
  )

/** A dry run is refused last of all: it says what would have gone wrong before. */
const decide = (stage: Stage, call: Call): Ec2Reply => {
  const { action, operation, form, dryRun, trusted } = call
  const [world, now] = [stage.world(), stage.clock.now()]
  if (!trusted) {
    return refuse('AuthFailure', 'AWS was not able to validate the provided access credentials', 401)
  }
  if (action === undefined) {
    return refuse('InvalidAction', `The action ${operation} is not valid for this web service.`)
  }
  const away = turnedAway(world, now, call)
  if (away !== undefined) return away
  const reply = action.answer({ world, now, form })
  if (!dryRun) return muddled(world, now, call, reply)
  return reply.ok
    ? refuse('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)
    : refuse(reply.error.code, reply.error.message, reply.error.status)
}

const succeeded = ({ operation, service }: Call, id: string, body: Xml): string => {
  const members = typeof body === 'object' && !Array.isArray(body) ? body : {}
  return service === 'ec2'
    ? toXml(`${operation}Response`, EC2_NAMESPACE, { requestId: id, ...members })
    : toXml(`${operation}Response`, STS_NAMESPACE, { ...members, ResponseMetadata: { RequestId: id } })
}

const failed = (
  { code, message, status }: Ec2Error,
  { service }: Call,
  id: string,
): Omit<Response, 'wayBack'> => ({
  status,
  xml:
    service === 'ec2'
      ? toXml('Response', undefined, {
          Errors: { Error: { Code: code, Message: message } },
          RequestID: id,
        })
      : toXml('ErrorResponse', STS_NAMESPACE, {
          Error: { Type: 'Sender', Code: code, Message: message },
          RequestId: id,
        }),
})
