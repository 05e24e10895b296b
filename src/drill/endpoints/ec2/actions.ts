import type { Ec2Action } from './action.js'
import { associateAddress, describeAddresses, disassociateAddress } from './addresses.js'
import { describeInstances } from './describe-instances.js'
import { describeNetworkAcls } from './describe-network-acls.js'
import { modifyInstanceAttribute } from './modify-instance-attribute.js'
import { createNetworkAclEntry, deleteNetworkAclEntry } from './network-acl-entries.js'
import { runInstances } from './run-instances.js'
import { describeSubnets } from './subnets.js'
import { createTags, deleteTags } from './tags.js'
import { terminateInstances } from './terminate-instances.js'

/** What the endpoint serves; any other action is `InvalidAction`. */
export const EC2_ACTIONS: Readonly<Record<string, Ec2Action>> = {
  AssociateAddress: associateAddress,
  CreateNetworkAclEntry: createNetworkAclEntry,
  CreateTags: createTags,
  DeleteNetworkAclEntry: deleteNetworkAclEntry,
  DeleteTags: deleteTags,
  DescribeAddresses: describeAddresses,
  DescribeInstances: describeInstances,
  DescribeNetworkAcls: describeNetworkAcls,
  DescribeSubnets: describeSubnets,
  DisassociateAddress: disassociateAddress,
  ModifyInstanceAttribute: modifyInstanceAttribute,
  RunInstances: runInstances,
  TerminateInstances: terminateInstances,
}

export const STS_ACTIONS: Readonly<Record<string, Ec2Action>> = {
  GetCallerIdentity: {
    mutating: false,
    answer: () => ({
      ok: true,
      body: ({ account }) => ({
        GetCallerIdentityResult: {
          Arn: `arn:aws:iam::${account}:user/drill`,
          UserId: 'AIDADRILL',
          Account: account,
        },
      }),
    }),
  },
}

/** Names of what EC2 serves, and of those among them that change something. */
export const OPERATIONS: readonly string[] = Object.keys(EC2_ACTIONS)
export const CHANGES = OPERATIONS.filter(name => EC2_ACTIONS[name]?.mutating === true)
