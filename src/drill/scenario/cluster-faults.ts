import * as z from 'zod'
import { duration, name, offset, range } from './values.js'

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
