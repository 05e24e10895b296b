// The ops of `proxy.replace`, run against a cloud in memory with a token of their own.

import type { OpBehaviour, OpRequest } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/proxy-replace/behaviour.js'
import type { Json, JsonObject } from '../../src/domain/json.js'
import { fail } from '../../src/domain/result.js'
import { CLUSTER, type Cloud, handsOn } from './cloud.js'

export const opOf = (kind: string): OpBehaviour => {
  const op = behaviour.ops[kind]
  if (!op) throw new Error(`no op ${kind}`)
  return op
}
export const effect = (cloud: Cloud, kind: string, args: JsonObject) =>
  opOf(kind).effect(args, 'token-1', handsOn(cloud))
export const probe = (cloud: Cloud, kind: string, args: JsonObject) =>
  opOf(kind).probe(args, 'token-1', handsOn(cloud))
export const undoOf = (kind: string, args: JsonObject, result: Json): readonly OpRequest[] => {
  const { undo } = opOf(kind)
  const requests = typeof undo === 'string' ? undo : undo(args, result)
  if (typeof requests === 'string') throw new Error(requests)
  return requests
}

export const DOWN = fail('ec2.unavailable', 'EC2 does not answer', 'wait')

export const LAUNCH = {
  cluster: CLUSTER,
  launch_template: 'lt-proxy',
  subnet: 'subnet-a1',
  instance_type: 'c7i.large',
  tags: { role: 'proxy', cluster: CLUSTER },
}
