import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2'
import type { LaunchRequest } from '../contract.js'

/** Exactly one instance, tagged in the same call, so that a crash never leaves one that nobody knows. */
export const launchInput = (request: LaunchRequest): RunInstancesCommandInput => ({
  MinCount: 1,
  MaxCount: 1,
  ClientToken: request.clientToken,
  LaunchTemplate: LAUNCH_TEMPLATE_ID.test(request.launchTemplate)
    ? { LaunchTemplateId: request.launchTemplate }
    : { LaunchTemplateName: request.launchTemplate },
  SubnetId: request.subnet,
  InstanceType: instanceType(request.instanceType),
  TagSpecifications: [{ ResourceType: 'instance', Tags: toTags(request.tags) }],
})

export const toTags = (tags: { readonly [key: string]: string }) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

const LAUNCH_TEMPLATE_ID = /^lt-[0-9a-f]{8,17}$/

/** EC2 knows newer types than this SDK lists; it refuses the ones that it does not know. */
const instanceType = (name: string) => name as NonNullable<RunInstancesCommandInput['InstanceType']>
