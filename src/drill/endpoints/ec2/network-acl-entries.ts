import { familyOf } from '../../../fleet/addresses/prefix.js'
import { entriesAt, findNetworkAcl } from '../../world/network-acls.js'
import type { World, WorldAclEntry, WorldNetworkAcl } from '../../world/world.js'
import { DONE, type Ec2Action, missing, refuse } from './action.js'
import type { Form } from './form.js'
import { noNetworkAcl } from './known.js'
import { type AclEntry, type Read, type Refusal, readEntry, readPlace } from './network-acl-entry.js'

/** By EC2's default: in each direction, of each family, with the last deny. */
const MOST_ENTRIES = 20

export const createNetworkAclEntry: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const known = readAcl(world, form)
    if (!known.ok) return known
    const read = readEntry(form)
    if (!read.ok) return read
    const { entry } = read
    const problem = entryProblem(entriesAt(known.acl, now), entry)
    if (problem !== undefined) return problem
    const args = { acl: known.acl.id, entry }
    return {
      ok: true,
      change: { at: now, endpoint: 'ec2', operation: 'CreateNetworkAclEntry', args, result: null },
      body: () => DONE,
    }
  },
}

const readAcl = (world: World, form: Form): Read<{ readonly acl: WorldNetworkAcl }> => {
  const id = form.get('NetworkAclId')
  if (id === undefined) return missing('NetworkAclId')
  const acl = findNetworkAcl(world, id)
  return acl === undefined ? noNetworkAcl(id) : { ok: true, acl }
}

/** Both families of a direction share its numbers, and have a quota each. */
const entryProblem = (there: readonly WorldAclEntry[], entry: AclEntry): Refusal | undefined => {
  const beside = there.filter(({ direction }) => direction === entry.direction)
  if (beside.some(({ number }) => number === entry.number)) {
    return refuse(
      'NetworkAclEntryAlreadyExists',
      `The network acl entry identified by ${entry.number} already exists.`,
    )
  }
  return beside.filter(({ cidr }) => familyOf(cidr) === familyOf(entry.cidr)).length < MOST_ENTRIES
    ? undefined
    : refuse('NetworkAclEntryLimitExceeded', 'The maximum number of network acl entries has been reached.')
}

export const deleteNetworkAclEntry: Ec2Action = {
  mutating: true,
  answer: ({ world, now, form }) => {
    const known = readAcl(world, form)
    if (!known.ok) return known
    const read = readPlace(form)
    if (!read.ok) return read
    const { number, direction } = read.place
    const isThere = entriesAt(known.acl, now).some(one => one.number === number && one.direction === direction)
    if (!isThere) {
      return refuse(
        'InvalidNetworkAclEntry.NotFound',
        `The network acl entry identified by ${number} does not exist.`,
      )
    }
    const args = { acl: known.acl.id, number, direction }
    return {
      ok: true,
      change: { at: now, endpoint: 'ec2', operation: 'DeleteNetworkAclEntry', args, result: null },
      body: () => DONE,
    }
  },
}
