import { stateAt } from '../../world/instances.js'
import type { WorldInstance } from '../../world/world.js'
import { type Ec2Action, type Ec2Reply, refuse } from './action.js'
import { type FilterFields, filtersOf } from './filters.js'
import { type Form, listOf } from './form.js'
import { reservationsXml } from './instance-xml.js'
import { isVisible, knownInstances } from './known.js'

export const describeInstances: Ec2Action = {
  mutating: false,
  answer: ({ world, now, form }) => {
    const ids = listOf(form, 'InstanceId')
    if (ids.length > 0 && form.has('MaxResults')) {
      return refuse(
        'InvalidParameterCombination',
        'The parameter instancesSet cannot be used with the parameter maxResults',
      )
    }
    const known = knownInstances(world, now, ids)
    if (!known.ok) return known
    const filters = filtersOf(form, fieldsAt(now))
    if (!filters.ok) return filters
    const all = ids.length > 0 ? known.instances : Object.values(world.instances)
    const matching = all.filter(instance => isVisible(world, instance, now) && filters.matches(instance))
    const page = pageOf(matching, form)
    if (!page.ok) return page
    return {
      ok: true,
      body: after => ({
        reservationSet: reservationsXml(after, page.items, now),
        nextToken: page.next,
      }),
    }
  },
}

const fieldsAt = (now: number): FilterFields<WorldInstance> => ({
  'instance-id': instance => [instance.id],
  'instance-state-name': instance => [stateAt(instance, now)],
  'instance-type': instance => [instance.type],
  'client-token': instance => [instance.clientToken],
  'subnet-id': instance => [instance.subnet],
  'availability-zone': instance => [instance.zone],
  'private-ip-address': instance => [instance.privateIp],
  'reservation-id': instance => [instance.reservation],
})

type Page =
  | { readonly ok: true; readonly items: readonly WorldInstance[]; readonly next: string | undefined }
  | Extract<Ec2Reply, { readonly ok: false }>

/** A token is the number of instances already shown: opaque to the client, stable while none is launched. */
const pageOf = (instances: readonly WorldInstance[], form: Form): Page => {
  const token = form.get('NextToken')
  const start = token === undefined ? 0 : Number(/^page-(\d+)$/.exec(decoded(token))?.[1] ?? Number.NaN)
  if (Number.isNaN(start)) return refuse('InvalidParameterValue', 'Unable to parse pagination token')
  const limit = form.get('MaxResults')
  if (limit === undefined) return { ok: true, items: instances.slice(start), next: undefined }
  const size = Number(limit)
  if (!Number.isInteger(size) || size < 5 || size > 1000) {
    return refuse('InvalidParameterValue', `Value ( ${limit} ) for parameter maxResults is invalid.`)
  }
  const end = start + size
  return {
    ok: true,
    items: instances.slice(start, end),
    next: end < instances.length ? Buffer.from(`page-${end}`).toString('base64') : undefined,
  }
}

const decoded = (token: string): string => Buffer.from(token, 'base64').toString('utf8')
