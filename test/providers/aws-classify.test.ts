import { describe, expect, it } from 'vitest'
import { classify } from '../../src/providers/aws/classify.js'

const FATAL = [
  ...['Blocked', 'OptInRequired', 'PendingVerification', 'Resource.AlreadyAssociated'],
  ...['InvalidParameter', 'InvalidParameterValue', 'InvalidParameterCombination', 'InvalidAMIID.NotFound'],
  ...[
    'InvalidAMIID.Malformed',
    'InvalidLaunchTemplateId.NotFound',
    'InvalidSubnetID.NotFound',
    'InvalidGroup.NotFound',
  ],
  ...['InvalidLaunchTemplateName.NotFoundException', 'SomethingNobodyKnows', '__proto__', 'constructor'],
]

describe('an AWS error', () => {
  it.each(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOTFOUND'])('%s of a socket is transient', code => {
    expect(classify({ code })).toBe('transient')
  })

  it.each(FATAL)('%s with a 400 is fatal', code => {
    expect(classify({ code, status: 400 })).toBe('fatal')
  })

  it.each([
    [500, 'transient'],
    [502, 'transient'],
    [503, 'transient'],
    [504, 'transient'],
    [429, 'throttle'],
    [400, 'fatal'],
    [403, 'fatal'],
    [200, 'transient'],
    [undefined, 'transient'],
  ])('without a code and with status %s is %s', (status, errorClass) => {
    expect(classify(status === undefined ? {} : { status })).toBe(errorClass)
  })

  it('is judged by its code before its status: missing capacity comes as a 500', () => {
    expect(classify({ code: 'InsufficientInstanceCapacity', status: 500 })).toBe('capacity')
    expect(classify({ code: 'RequestLimitExceeded', status: 503 })).toBe('throttle')
  })
})
