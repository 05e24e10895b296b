import type { IncomingHttpHeaders } from 'node:http'
import type { Ec2Action } from './action.js'
import { EC2_ACTIONS, STS_ACTIONS } from './actions.js'
import { type Form, listOf, parseForm } from './form.js'

/** The only credentials that the endpoint takes: whoever sends real ones by mistake is told so. */
export const DRILL_CREDENTIALS = {
  accessKeyId: 'AKIADRILLDRILLDRILL0',
  secretAccessKey: 'not-a-secret-a-drill',
} as const

/** One request of the Query API, read but not answered. */
export type Call = {
  readonly service: 'ec2' | 'sts'
  readonly operation: string
  /** Absent where there is no such action. */
  readonly action: Ec2Action | undefined
  readonly form: Form
  /** The ids that the request names, for the log. */
  readonly target: string
  readonly dryRun: boolean
  readonly trusted: boolean
  readonly userAgent: string | undefined
}

const STS_VERSION = '2011-06-15'

export const readCall = (body: string, headers: IncomingHttpHeaders): Call => {
  const form = parseForm(body)
  const service = form.get('Version') === STS_VERSION ? 'sts' : 'ec2'
  const operation = form.get('Action') ?? 'none'
  const actions = service === 'sts' ? STS_ACTIONS : EC2_ACTIONS
  return {
    service,
    operation,
    action: Object.hasOwn(actions, operation) ? actions[operation] : undefined,
    form,
    target: targetOf(form),
    dryRun: form.get('DryRun') === 'true',
    trusted: headers.authorization?.includes(`Credential=${DRILL_CREDENTIALS.accessKeyId}/`) === true,
    userAgent: headers['user-agent'],
  }
}

/** What a request is about, where it is about one. */
const NAMED = ['InstanceId', 'AllocationId', 'AssociationId', 'SubnetId', 'NetworkAclId', 'RuleNumber']

const targetOf = (form: Form): string =>
  [
    ...listOf(form, 'InstanceId'),
    ...listOf(form, 'ResourceId'),
    ...listOf(form, 'NetworkAclId'),
    ...NAMED.flatMap(name => form.get(name) ?? []),
  ].join(' ')
