import * as z from 'zod'
import { BITS, familyOf, lengthOf } from '../../fleet/addresses/prefix.js'
import { network } from './addresses.js'
import { duration, name, offset, range, whole } from './values.js'

// Faults that befall a whole cluster: no machine of it is at fault.

export const surge = z
  .strictObject({
    kind: z.literal('surge'),
    cluster: name.describe('Name of a cluster of this scenario'),
    begins: range(offset).describe('Between which moments, counted from the alert'),
    factor: range(z.number().min(1).max(1_000)).describe(
      'Between how many times the calm connections, once fully up',
    ),
    ramp: range(duration).describe('Between how long it takes to come fully up, and to go away'),
    lasts: duration.optional().describe('How long until it begins to go away; to the end where it is not said'),
  })
  .describe(
    'All clients of a cluster want more connections than on a calm day. Replacing a proxy changes nothing; more proxies share the load where clients find them by themselves',
  )

export const flood = z
  .strictObject({
    kind: z.literal('flood'),
    cluster: name.describe('Name of a cluster of this scenario'),
    network: network.describe('Where it comes from: IPv4 from /20 to /28, or IPv6 from /48 to /124'),
    sources: range(whole(1, 2_000)).describe('Between how many addresses of that network take part'),
    begins: range(offset).describe('Between which moments, counted from the alert'),
    ramp: range(duration).describe('Between how long it takes to come fully up, and to go away'),
    factor: range(z.number().gt(0).max(1_000)).describe(
      'Between how many times the calm connections of a proxy it holds at each proxy, once fully up',
    ),
    lasts: duration.optional().describe('How long until it begins to go away; to the end where it is not said'),
  })
  .refine(({ network: from, sources }) => sources.to <= 2 ** (BITS[familyOf(from)] - lengthOf(from) - 1), {
    message: 'must be at most half of the addresses that the network has',
    path: ['sources'],
  })
  .describe(
    'Some addresses of one network open connections at every proxy of a cluster, hold each for about a minute, and open another. Two to four clients who do nothing wrong come from the same network, and are on no allowlist: a filter on all of it hits them',
  )
