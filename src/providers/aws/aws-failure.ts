import type { FailureCode } from '../../domain/failure-codes.js'
import type { Failure } from '../../domain/result.js'
import { failure } from '../../domain/result.js'
import type { ErrorClass } from './classify.js'
import type { SdkError } from './wire-error.js'

type Call = { readonly endpoint: 'ec2' | 'sts'; readonly operation: string }

/** An AWS error as the operator reads it: what was asked, what it means, what to do next. */
export const awsFailure = (call: Call, error: SdkError, errorClass: ErrorClass, attempts: number): Failure => {
  const meaning = MEANINGS[errorClass]
  const tries = attempts > 1 ? ` after ${attempts} tries` : ''
  return failure(
    meaning.code,
    `${call.operation}: ${meaning.what}${tries}: ${said(call, error)}.`,
    meaning.next,
  )
}

const said = (call: Call, error: SdkError): string => {
  const service = call.endpoint.toUpperCase()
  if (error.code === 'RequestTimeout' && error.text === undefined) return `${service} did not answer in time`
  if (error.code !== undefined && error.text === undefined) return `the connection failed (${error.code})`
  if (error.code !== undefined) return [error.code, error.text?.replace(/\.$/, '')].filter(Boolean).join(', ')
  if (error.status !== undefined) return `HTTP ${error.status}, with a reply that is not ${service}'s`
  return `a reply that is not ${service}'s`
}

type Meaning = { readonly code: FailureCode; readonly what: string; readonly next: string }

const MEANINGS: { readonly [C in ErrorClass]: Meaning } = {
  throttle: {
    code: 'ec2.throttled',
    what: 'throttled',
    next: 'Account and Region share the limit: stop other tools that call the same API, then try again.',
  },
  transient: {
    code: 'ec2.unavailable',
    what: 'no usable answer',
    next: 'Go on with what does not need it: checks and data-plane actions use the last inventory.',
  },
  'not-found-yet': {
    code: 'ec2.not-found',
    what: 'not found',
    next: 'If it was made just now, try again in some seconds; else it is gone.',
  },
  capacity: {
    code: 'ec2.capacity',
    what: 'no capacity for that here',
    next: 'Use another subnet or another instance type of the fleet file.',
  },
  quota: {
    code: 'ec2.quota',
    what: 'a quota of the account is used up',
    next: 'Another zone cannot help: use another instance family, free some, or ask AWS to raise it.',
  },
  ambiguous: {
    code: 'ec2.ambiguous',
    what: 'whether it was done is not known',
    next: 'Look at what exists, by our tag, the client token or the number of the entry, before asking for it again.',
  },
  auth: {
    code: 'ec2.auth',
    what: 'not allowed with these credentials',
    next: 'Ask for the permission, or use other credentials, then resume. Nothing was changed by this call.',
  },
  credentials: {
    code: 'ec2.credentials',
    what: 'turned away, the credentials are over or there are none',
    next: 'Renew the credentials as for the AWS CLI, then go on. Nothing was changed by this call.',
  },
  'not-permitted': {
    code: 'ec2.not-permitted',
    what: 'not permitted on that resource',
    next: 'Look at how it is set up, termination protection first. Nothing was changed by this call.',
  },
  exists: {
    code: 'ec2.exists',
    what: 'something else is there already',
    next: 'Look at the entries of that network ACL, and take a number that is free. Nothing was changed by this call.',
  },
  full: {
    code: 'ec2.full',
    what: 'no room in that network ACL',
    next: 'Remove entries that are no longer needed, or use fewer and wider prefixes. Nothing was changed by this call.',
  },
  gone: {
    code: 'ec2.not-found',
    what: 'not there',
    next: 'Look at the network ACL and its entries: it is gone, or named wrongly. Nothing was changed by this call.',
  },
  fatal: {
    code: 'ec2.rejected',
    what: 'rejected',
    next: 'Correct what the message names; asking again changes nothing.',
  },
  'dry-run-ok': {
    code: 'ec2.rejected',
    what: 'answered as a permission check',
    next: 'The call would have been permitted; nothing was changed.',
  },
}
