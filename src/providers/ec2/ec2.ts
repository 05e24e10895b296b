import {
  AssociateAddressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeAddressesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import type { AwsCaller } from '../aws/call.js'
import { awsCall } from '../aws/call.js'
import { clientOptions } from '../aws/client-options.js'
import type { Address, Ec2, Subnet } from '../contract.js'
import type { AwsWire } from '../wire.js'
import { describeInstances, toFilters } from './describe-instances.js'
import { associateInput, createTagsInput, deleteTagsInput, terminateInput } from './inputs.js'
import { toInstance } from './instance.js'
import { launchInput } from './launch.js'
import { mayI } from './may-i.js'
import { createNetworkAclEntry, deleteNetworkAclEntry, describeNetworkAcls } from './network-acls.js'

/** Imported only when EC2 is first needed: with this file comes the whole SDK. */
export const createEc2Client = (aws: AwsWire): EC2Client => new EC2Client(clientOptions(aws))

export const ec2 = (client: EC2Client, caller: AwsCaller): Ec2 => ({
  describeInstances: query => describeInstances(client, caller, query),
  runInstance: async request => {
    const reply = await awsCall(caller, {
      endpoint: 'ec2',
      operation: 'RunInstances',
      mutating: true,
      hasToken: true,
      send: abortSignal => client.send(new RunInstancesCommand(launchInput(request)), { abortSignal }),
    })
    if (!reply.ok) return reply
    const launched = (reply.value.Instances ?? []).map(toInstance).find(instance => instance !== undefined)
    return launched ? ok(launched) : incomplete('RunInstances', 'instance')
  },
  createTags: (ids, tags) =>
    changeOnly(caller, 'CreateTags', abortSignal =>
      client.send(new CreateTagsCommand(createTagsInput(ids, tags)), { abortSignal }),
    ),
  deleteTags: (ids, keys) =>
    changeOnly(caller, 'DeleteTags', abortSignal =>
      client.send(new DeleteTagsCommand(deleteTagsInput(ids, keys)), { abortSignal }),
    ),
  describeSubnets: async ids => {
    const reply = await awsCall(caller, {
      endpoint: 'ec2',
      operation: 'DescribeSubnets',
      mutating: false,
      send: abortSignal => client.send(new DescribeSubnetsCommand({ SubnetIds: [...ids] }), { abortSignal }),
    })
    return reply.ok ? ok((reply.value.Subnets ?? []).flatMap(toSubnet)) : reply
  },
  describeAddresses: async filters => {
    const reply = await awsCall(caller, {
      endpoint: 'ec2',
      operation: 'DescribeAddresses',
      mutating: false,
      send: abortSignal =>
        client.send(new DescribeAddressesCommand({ Filters: toFilters(filters) }), { abortSignal }),
    })
    return reply.ok ? ok((reply.value.Addresses ?? []).flatMap(toAddress)) : reply
  },
  associateAddress: async request => {
    const reply = await change(caller, 'AssociateAddress', abortSignal =>
      client.send(new AssociateAddressCommand(associateInput(request)), { abortSignal }),
    )
    if (!reply.ok) return reply
    const associationId = reply.value.AssociationId
    return associationId ? ok({ associationId }) : incomplete('AssociateAddress', 'association')
  },
  terminateInstances: ids =>
    changeOnly(caller, 'TerminateInstances', abortSignal =>
      client.send(new TerminateInstancesCommand(terminateInput(ids)), { abortSignal }),
    ),
  describeNetworkAcls: ids => describeNetworkAcls(client, caller, ids),
  createNetworkAclEntry: ({ acl, entry }) => createNetworkAclEntry(client, caller, acl, entry),
  deleteNetworkAclEntry: entry => deleteNetworkAclEntry(client, caller, entry),
  mayI: probe => mayI(client, caller, probe),
})

type Send<Output> = (signal: AbortSignal) => Promise<Output>

const change = <Output>(caller: AwsCaller, operation: string, send: Send<Output>): Promise<Result<Output>> =>
  awsCall(caller, { endpoint: 'ec2', operation, mutating: true, send })

const changeOnly = async (caller: AwsCaller, operation: string, send: Send<unknown>): Promise<Result<null>> => {
  const reply = await change(caller, operation, send)
  return reply.ok ? ok(null) : reply
}

const incomplete = (operation: string, what: string): Result<never> =>
  fail(
    'ec2.ambiguous',
    `${operation}: EC2 accepted it, but its answer names no ${what}.`,
    'Look at what exists, by our tag and the client token, before asking for it again.',
  )

type SdkSubnet = {
  readonly SubnetId?: string | undefined
  readonly AvailabilityZone?: string | undefined
  readonly AvailabilityZoneId?: string | undefined
}

const toSubnet = ({ SubnetId: id, AvailabilityZone: zone, AvailabilityZoneId: zoneId }: SdkSubnet): Subnet[] =>
  id && zone ? [{ id, zone, ...(zoneId ? { zoneId } : {}) }] : []

type SdkAddress = {
  readonly AllocationId?: string | undefined
  readonly PublicIp?: string | undefined
  readonly AssociationId?: string | undefined
  readonly InstanceId?: string | undefined
}

/** EC2 sends an empty text where nothing is attached. */
const toAddress = (address: SdkAddress): Address[] => {
  const { AllocationId: allocationId, PublicIp: publicIp } = address
  if (!allocationId || !publicIp) return []
  return [
    {
      allocationId,
      publicIp,
      ...(address.AssociationId ? { associationId: address.AssociationId } : {}),
      ...(address.InstanceId ? { instanceId: address.InstanceId } : {}),
    },
  ]
}
