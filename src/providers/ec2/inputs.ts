// What a change and the question whether it may be made both send: the same parameters, in the SDK's own words.

import type { AssociateRequest } from '../contract.js'
import { toTags } from './launch.js'

export const createTagsInput = (ids: readonly string[], tags: { readonly [key: string]: string }) => ({
  Resources: [...ids],
  Tags: toTags(tags),
})

export const deleteTagsInput = (ids: readonly string[], keys: readonly string[]) => ({
  Resources: [...ids],
  Tags: keys.map(Key => ({ Key })),
})

export const associateInput = ({ allocationId, instanceId, allowReassociation }: AssociateRequest) => ({
  AllocationId: allocationId,
  InstanceId: instanceId,
  AllowReassociation: allowReassociation,
})

export const terminateInput = (ids: readonly string[]) => ({ InstanceIds: [...ids] })
