import { describe, expect, it } from 'vitest'
import { classify } from '../../src/providers/aws/classify.js'

const EXPECTED = {
  throttle: [
    ...[
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'RequestThrottled',
      'RequestThrottledException',
    ],
    ...['TooManyRequestsException', 'RequestLimitExceeded', 'EC2ThrottledException', 'BandwidthLimitExceeded'],
    ...['PriorRequestNotComplete', 'SlowDown'],
  ],
  transient: [
    ...['RequestTimeout', 'RequestTimeoutException', 'InternalError', 'InternalFailure', 'ServiceUnavailable'],
    ...['Unavailable', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOTFOUND'],
  ],
  'not-found-yet': [
    'InvalidInstanceID.NotFound',
    'InvalidAllocationID.NotFound',
    'InvalidNetworkInterfaceID.NotFound',
  ],
  capacity: [
    ...['InsufficientInstanceCapacity', 'InsufficientHostCapacity', 'InsufficientReservedInstanceCapacity'],
    ...['InsufficientCapacityOnHost', 'InsufficientFreeAddressesInSubnet', 'UnfulfillableCapacity'],
    ...['MaxSpotInstanceCountExceeded', 'Unsupported'],
  ],
  quota: ['VcpuLimitExceeded', 'InstanceLimitExceeded', 'AddressLimitExceeded'],
  ambiguous: ['IdempotentParameterMismatch', 'IdempotentInstanceTerminated'],
  auth: [
    ...['UnauthorizedOperation', 'AuthFailure', 'AccessDenied', 'AccessDeniedException'],
    ...['InvalidClientTokenId', 'UnrecognizedClientException', 'MissingAuthenticationToken'],
    'SignatureDoesNotMatch',
  ],
  credentials: [
    ...['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'],
    ...['CredentialsProviderError', 'TokenProviderError'],
  ],
  'not-permitted': ['OperationNotPermitted'],
  'dry-run-ok': ['DryRunOperation'],
} as const

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
  const codes = Object.entries(EXPECTED).flatMap(([errorClass, list]) => list.map(code => [code, errorClass]))
  it.each(codes)('%s is %s', (code, errorClass) => {
    expect(classify({ code })).toBe(errorClass)
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
