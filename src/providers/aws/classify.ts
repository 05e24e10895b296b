/** What an EC2 or STS error means for the caller. `retried` here, after a pause: throttle and transient only. */
export const ERROR_CLASS = {
  /** Too many requests: known not done; again after a pause. */
  throttle: 'throttle',
  /** The service, the network or we broke off: whether a change was made is not known. */
  transient: 'transient',
  /** Right after one's own write it means "not yet"; later it means gone. */
  notFoundYet: 'not-found-yet',
  /** Not here, not this type: another subnet or type may do. Never wait for it. */
  capacity: 'capacity',
  /** A limit of the account: another zone cannot help. */
  quota: 'quota',
  /** Look up what the client token launched before anything else. */
  ambiguous: 'ambiguous',
  /** Not permitted: known not done. */
  auth: 'auth',
  /** The credentials are over, or there are none: known not done, and to be sent again with others. */
  credentials: 'credentials',
  /** Not on that resource as it is: an instance with termination protection. */
  notPermitted: 'not-permitted',
  /** Somebody has put something there already; after an earlier try of ours it may have been us. */
  exists: 'exists',
  /** No room in that one network ACL; the account has nothing to do with it. */
  full: 'full',
  /** Not one of those that we have just made: it is gone, or never was. */
  gone: 'gone',
  fatal: 'fatal',
  /** The answer to `DryRun: true` when the call would have been permitted. Says nothing about capacity. */
  dryRunOk: 'dry-run-ok',
} as const
export type ErrorClass = (typeof ERROR_CLASS)[keyof typeof ERROR_CLASS]

/** What can be known of an error without trusting its text. */
export type WireError = { readonly code?: string; readonly status?: number }

/** The code decides, then its shape, then the HTTP status: InsufficientInstanceCapacity comes as a 500. */
export const classify = (error: WireError): ErrorClass => {
  const code = error.code ?? ''
  const known = Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code] : undefined
  if (known) return known
  const shaped = SHAPES.find(([shape]) => shape.test(code))
  if (shaped) return shaped[1]
  if (error.status === 429) return ERROR_CLASS.throttle
  // No status means that no service has spoken: a socket error, or a reply that is not AWS's.
  if (error.status === undefined || error.status >= 500 || error.status < 400) return ERROR_CLASS.transient
  return ERROR_CLASS.fatal
}

/**
 * Of EC2 and STS, and what the SDK itself calls a throttle. What firebreak does after each of them is the table of
 * test/actions/ec2-errors.test.ts.
 */
export const ERROR_CODES: { readonly [code: string]: ErrorClass } = {
  Throttling: 'throttle',
  ThrottlingException: 'throttle',
  ThrottledException: 'throttle',
  RequestThrottled: 'throttle',
  RequestThrottledException: 'throttle',
  TooManyRequestsException: 'throttle',
  RequestLimitExceeded: 'throttle',
  EC2ThrottledException: 'throttle',
  BandwidthLimitExceeded: 'throttle',
  PriorRequestNotComplete: 'throttle',
  SlowDown: 'throttle',
  LimitExceededException: 'throttle',
  ProvisionedThroughputExceededException: 'throttle',
  TransactionInProgressException: 'throttle',
  RequestTimeout: 'transient',
  RequestTimeoutException: 'transient',
  InternalError: 'transient',
  InternalFailure: 'transient',
  ServiceUnavailable: 'transient',
  Unavailable: 'transient',
  InsufficientInstanceCapacity: 'capacity',
  InsufficientHostCapacity: 'capacity',
  InsufficientReservedInstanceCapacity: 'capacity',
  InsufficientCapacityOnHost: 'capacity',
  InsufficientFreeAddressesInSubnet: 'capacity',
  UnfulfillableCapacity: 'capacity',
  ReservationCapacityExceeded: 'capacity',
  MaxSpotInstanceCountExceeded: 'capacity',
  Unsupported: 'capacity',
  VcpuLimitExceeded: 'quota',
  InstanceLimitExceeded: 'quota',
  AddressLimitExceeded: 'quota',
  IdempotentParameterMismatch: 'ambiguous',
  IdempotentInstanceTerminated: 'ambiguous',
  UnauthorizedOperation: 'auth',
  AuthFailure: 'auth',
  AccessDenied: 'auth',
  AccessDeniedException: 'auth',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  RequestExpired: 'credentials',
  InvalidClientTokenId: 'auth',
  UnrecognizedClientException: 'auth',
  MissingAuthenticationToken: 'auth',
  SignatureDoesNotMatch: 'auth',
  CredentialsProviderError: 'credentials',
  TokenProviderError: 'credentials',
  Blocked: 'fatal',
  OptInRequired: 'fatal',
  PendingVerification: 'fatal',
  OperationNotPermitted: 'not-permitted',
  'Resource.AlreadyAssociated': 'fatal',
  'InvalidSubnetID.NotFound': 'fatal',
  NetworkAclEntryAlreadyExists: 'exists',
  NetworkAclEntryLimitExceeded: 'full',
  'InvalidNetworkAclEntry.NotFound': 'gone',
  'InvalidNetworkAclID.NotFound': 'gone',
  DryRunOperation: 'dry-run-ok',
}

/** First match wins; what a launch is made from is never "not found yet". */
const SHAPES: readonly (readonly [RegExp, ErrorClass])[] = [
  [/^InvalidParameter/, 'fatal'],
  [/^Invalid(?:AMIID|LaunchTemplate\w*|KeyPair|Group|SecurityGroupID)\./, 'fatal'],
  [/\.NotFound$/, 'not-found-yet'],
]
