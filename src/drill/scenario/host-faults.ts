import * as z from 'zod'
import { duration, name, offset, range, whole } from './values.js'

// Faults of the machines that are there when the alert fires. Which ones, the seed chooses.

const place = {
  cluster: name.describe('Name of a cluster of this scenario'),
  role: z.literal('proxy').describe('Always `proxy`'),
}

export const hotHost = z
  .strictObject({
    kind: z.literal('hot-host'),
    ...place,
    proxies: whole(1, 200).optional().describe('How many; one where it is not said'),
    begins: range(offset).describe('Between which moments, counted from the alert'),
    factor: range(z.number().min(1).max(1_000)).describe(
      'Between how many times the calm connections, once fully up',
    ),
    ramp: range(duration).describe('Between how long it takes to come fully up'),
  })
  .describe('Connections of a proxy multiply. It sticks to the machine: whoever serves from it is hot')

export const stuckFrontend = z
  .strictObject({
    kind: z.literal('stuck-frontend'),
    ...place,
    frontend: name.describe('Which one'),
    proxies: whole(1, 200).describe('On how many proxies'),
  })
  .describe('HAProxy cannot pause that listener, and says so')
