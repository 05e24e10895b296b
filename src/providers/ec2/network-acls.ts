import {
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2'
import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import type { AwsCaller } from '../aws/call.js'
import { awsCall } from '../aws/call.js'
import type { AclEntry, AclEntryRef, NetworkAcl } from '../network-acl.js'
import { createEntryInput, toNetworkAcl, whyNotSent } from './network-acl-entry.js'

/** Without a page size EC2 gives all of them at once. Without ids it would give those of the whole account. */
export const describeNetworkAcls = async (
  client: EC2Client,
  caller: AwsCaller,
  ids: readonly string[],
): Promise<Result<NetworkAcl[]>> => {
  if (ids.length === 0) return ok([])
  const reply = await awsCall(caller, {
    endpoint: 'ec2',
    operation: 'DescribeNetworkAcls',
    mutating: false,
    send: abortSignal =>
      client.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [...ids] }), { abortSignal }),
  })
  if (!reply.ok) return reply
  const acls = (reply.value.NetworkAcls ?? []).map(toNetworkAcl)
  const read = acls.filter(acl => acl !== undefined)
  return read.length === acls.length && ids.every(id => read.some(acl => acl.id === id))
    ? ok(read)
    : unreadable(ids)
}

/** An entry that is passed over could be the one that decides. */
const unreadable = (ids: readonly string[]): Result<never> =>
  fail(
    'ec2.unavailable',
    `DescribeNetworkAcls: what EC2 answered of ${ids.join(', ')} is not whole.`,
    `Look at it with: aws ec2 describe-network-acls --network-acl-ids ${ids.join(' ')}`,
  )

export const createNetworkAclEntry = async (
  client: EC2Client,
  caller: AwsCaller,
  acl: string,
  entry: AclEntry,
): Promise<Result<null>> => {
  const refused = whyNotSent(entry)
  if (refused !== undefined) return refused
  const reply = await awsCall(caller, {
    endpoint: 'ec2',
    operation: 'CreateNetworkAclEntry',
    mutating: true,
    send: abortSignal =>
      client.send(new CreateNetworkAclEntryCommand(createEntryInput(acl, entry)), { abortSignal }),
  })
  return reply.ok ? ok(null) : reply
}

export const deleteNetworkAclEntry = async (
  client: EC2Client,
  caller: AwsCaller,
  { acl, number, direction }: AclEntryRef,
): Promise<Result<null>> => {
  const input = { NetworkAclId: acl, RuleNumber: number, Egress: direction === 'egress' }
  const reply = await awsCall(caller, {
    endpoint: 'ec2',
    operation: 'DeleteNetworkAclEntry',
    mutating: true,
    once: true,
    send: abortSignal => client.send(new DeleteNetworkAclEntryCommand(input), { abortSignal }),
  })
  return reply.ok ? ok(null) : reply
}
