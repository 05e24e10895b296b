import { findAddress } from '../../world/instances.js'
import { findNetworkAcl } from '../../world/network-acls.js'
import type { World } from '../../world/world.js'
import { DONE, type Ec2Action, type Ec2Reply, missing, refuse } from './action.js'
import { type Form, listOf, structsOf } from './form.js'
import { knownInstances, noNetworkAcl, unknownAllocation } from './known.js'

type Refusal = Extract<Ec2Reply, { readonly ok: false }>

export const createTags: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const resources = listOf(form, 'ResourceId')
    const given = structsOf(form, 'Tag')
    if (given.length === 0) return missing('tagSet')
    const problem = resourceProblem(world, now, resources) ?? tagProblem(given)
    if (problem !== undefined) return problem
    const args = { resources, tags: tagsOf(given) }
    return {
      ok: true,
      change: { at: now, endpoint: 'ec2', operation: 'CreateTags', args, result: null },
      body: () => DONE,
    }
  },
}

export const deleteTags: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const resources = listOf(form, 'ResourceId')
    const given = structsOf(form, 'Tag')
    const problem = resourceProblem(world, now, resources) ?? tagProblem(given)
    if (problem !== undefined) return problem
    // A tag with a value is deleted only where it has that value.
    const keys = given.flatMap(tag => {
      const value = tag.get('Value')
      const key = tag.get('Key') ?? ''
      return value === undefined || resources.every(id => tagsIn(world, id)[key] === value) ? [key] : []
    })
    return {
      ok: true,
      change: {
        at: now,
        endpoint: 'ec2',
        operation: 'DeleteTags',
        args: { resources, keys },
        result: null,
      },
      body: () => DONE,
    }
  },
}

export const tagsOf = (given: readonly Form[]): Record<string, string> =>
  Object.fromEntries(given.map(tag => [tag.get('Key') ?? '', tag.get('Value') ?? '']))

/** Why those tags cannot be set, if they cannot. */
export const tagProblem = (given: readonly Form[]): Refusal | undefined => {
  const keys = given.map(tag => tag.get('Key') ?? '')
  if (keys.some(key => key === '')) return missing('Tag.Key')
  if (keys.some(key => key.startsWith('aws:'))) {
    return refuse('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use")
  }
  if (new Set(keys).size < keys.length) {
    return refuse('InvalidParameterValue', 'Duplicate tag keys found in request.')
  }
  const long = keys.some(key => key.length > 127) || given.some(tag => (tag.get('Value') ?? '').length > 255)
  if (long) return refuse('InvalidParameterValue', 'Tag keys have at most 127 characters, values 255.')
  return keys.length > 50
    ? refuse('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.')
    : undefined
}

const resourceProblem = (world: World, now: number, resources: readonly string[]): Refusal | undefined => {
  if (resources.length === 0) return missing('resourceIdSet')
  const allocations = resources.filter(id => id.startsWith('eipalloc-'))
  const instances = knownInstances(
    world,
    now,
    resources.filter(id => id.startsWith('i-')),
  )
  if (!instances.ok) return instances
  const other = resources.find(id => !TAGGABLE.test(id))
  if (other !== undefined) return refuse('InvalidID', `The ID '${other}' is not valid`)
  const lost = resources.filter(id => id.startsWith('acl-') && findNetworkAcl(world, id) === undefined)
  return [...allocations.map(id => unknownAllocation(world, id)), ...lost.map(noNetworkAcl)].find(
    problem => problem !== undefined,
  )
}

const TAGGABLE = /^(?:i|eipalloc|acl)-/

const tagsIn = (world: World, id: string): Readonly<Record<string, string>> =>
  findAddress(world, id)?.tags ?? findNetworkAcl(world, id)?.tags ?? world.instances[id]?.tags ?? {}
