import * as z from 'zod'
import { name, whole } from './values.js'
import { window } from './window.js'

// Faults of what is launched in the drill, and of runtime APIs.

const launches = {
  cluster: name.describe('Name of a cluster of this scenario'),
  first: whole(1, 200).optional().describe('Only the first so many launches; all where it is not said'),
  ...window,
}

export const neverHealthy = z
  .strictObject({ kind: z.literal('never-healthy'), ...launches })
  .describe('A launched instance runs, and its HAProxy never answers. The window is that of the launch')

export const launchDies = z
  .strictObject({ kind: z.literal('launch-dies'), ...launches })
  .describe(
    'A launch is accepted, and the instance goes from pending to terminated: Client.InternalError. The window is that of the launch',
  )

export const adminHangs = z
  .strictObject({
    kind: z.literal('admin-hangs'),
    cluster: name.describe('Name of a cluster of this scenario'),
    role: z.literal('proxy').describe('Always `proxy`'),
    proxies: whole(1, 200)
      .optional()
      .describe('Of how many that are there when the alert fires; which ones, the seed chooses'),
    launched: whole(1, 200).optional().describe('In the place of `proxies`: of the first so many launches'),
    ...window,
  })
  .refine(({ proxies, launched }) => (proxies === undefined) !== (launched === undefined), {
    message: 'must say either `proxies` or `launched`',
  })
  .describe('The runtime API of a HAProxy takes connections and never answers; clients are served as ever')
