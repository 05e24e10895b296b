import * as z from 'zod'
import { CHANGES, OPERATIONS } from '../endpoints/ec2/actions.js'
import { duration, name } from './values.js'
import { window } from './window.js'

// Faults of EC2's API as a whole: what becomes of requests, whatever they are about.

const share = z.number().gt(0).max(1).describe('Of the requests, 0 to 1; which ones, the seed chooses')

const some = {
  operations: z
    .array(z.enum(OPERATIONS))
    .min(1)
    .optional()
    .describe('Only of these; of all where it is not said'),
  ...window,
}

export const ec2Throttling = z
  .strictObject({ kind: z.literal('ec2-throttling'), share, ...some })
  .describe('EC2 turns requests away: RequestLimitExceeded, HTTP 503. Nothing is done')

export const ec2Errors = z
  .strictObject({
    kind: z.literal('ec2-errors'),
    share,
    done: z.boolean().default(false).describe('Whether the change that was asked for is made all the same'),
    ...some,
  })
  .describe('EC2 answers InternalError, HTTP 500, which does not say whether anything was done')

export const ec2Cut = z
  .strictObject({
    kind: z.literal('ec2-cut'),
    operation: z.enum(CHANGES).describe('Of which requests'),
    first: z
      .int()
      .min(1)
      .optional()
      .describe('Only of the first so many changes; of every request where it is not said'),
    ...window,
  })
  .describe('EC2 makes the change, and the connection is cut before the answer')

export const ec2Stall = z
  .strictObject({
    kind: z.literal('ec2-stall'),
    delay: duration.describe('How long the answer takes; what was asked for is done at once'),
    share: share.default(1),
    ...some,
  })
  .describe('EC2 answers late. A look is given up after 8 seconds, a change after 20')

export const ec2Invisible = z
  .strictObject({
    kind: z.literal('ec2-invisible'),
    hidden: duration.describe('For how long after its launch'),
    ...window,
  })
  .describe(
    'A launched instance is not in DescribeInstances yet, and its id is InvalidInstanceID.NotFound. The window is that of the launch',
  )

export const credentialsExpire = z
  .strictObject({
    kind: z.literal('credentials-expire'),
    code: z.enum(['RequestExpired', 'ExpiredToken']).default('RequestExpired').describe('What AWS calls it'),
    ...window,
  })
  .describe('Every request to EC2 and STS is turned away for its credentials. Nothing is done')

export const noCapacity = z
  .strictObject({
    kind: z.literal('no-capacity'),
    subnets: z.array(name).min(1).optional().describe('Where; in every subnet where it is not said'),
    types: z.array(name).min(1).optional().describe('Of which instance types; of all where it is not said'),
    ...window,
  })
  .refine(({ subnets, types }) => subnets !== undefined || types !== undefined, {
    message: 'must name `subnets`, `types` or both',
  })
  .describe('EC2 launches nothing there: InsufficientInstanceCapacity, HTTP 500')

export const quota = z
  .strictObject({
    kind: z.literal('quota'),
    family: name.describe('Of instance types: `c7i` is that of c7i.large'),
    ...window,
  })
  .describe('EC2 launches nothing of that family: VcpuLimitExceeded')

export const terminateFails = z
  .strictObject({
    kind: z.literal('terminate-fails'),
    zone: name.describe('Of the instances that are protected'),
    ...window,
  })
  .describe('Instances of one zone are not terminated (OperationNotPermitted); others of the same call are')
