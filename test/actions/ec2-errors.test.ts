import { afterEach, describe, expect, it } from 'vitest'
import type { Apply, Hands } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/proxy-replace/behaviour.js'
import { launchSomewhere } from '../../src/actions/proxy-replace/launch-somewhere.js'
import type { Failure, Result } from '../../src/domain/result.js'
import { classify, ERROR_CODES, type ErrorClass } from '../../src/providers/aws/classify.js'
import { createProviders } from '../../src/providers/providers.js'
import { isDoubtful } from '../../src/runtime/doubt.js'
import { okOf } from '../engine/results.js'
import { jumpingClock } from '../providers/clock.js'
import { type AwsServer, awsError, awsReply, awsServer } from '../providers/servers.js'
import { testWire } from '../providers/wire.js'
import { CLUSTER, handsOn, newCloud } from './cloud.js'

/** What firebreak does when EC2 answers a launch like that. */
type Does =
  /** Asks again after a pause, with the same token: nothing can be launched twice by it. */
  | 'again'
  /** Goes to the next place at once. */
  | 'next place'
  /** Goes to another family of types; where there is none it ends. */
  | 'other family'
  /** Sends nothing more before it has looked what the token launched. */
  | 'look first'
  /** Known not to have been done: the operator renews the credentials, and the same is sent again. */
  | 'pause'
  | 'stop'

/** Each code with the status that it comes with. Every code that is classed by its name is here. */
const TABLE: readonly (readonly [code: string, status: number, ErrorClass, Does])[] = [
  ['Throttling', 400, 'throttle', 'again'],
  ['ThrottlingException', 400, 'throttle', 'again'],
  ['ThrottledException', 400, 'throttle', 'again'],
  ['RequestThrottled', 400, 'throttle', 'again'],
  ['RequestThrottledException', 400, 'throttle', 'again'],
  ['TooManyRequestsException', 429, 'throttle', 'again'],
  ['RequestLimitExceeded', 503, 'throttle', 'again'],
  ['EC2ThrottledException', 503, 'throttle', 'again'],
  ['BandwidthLimitExceeded', 509, 'throttle', 'again'],
  ['PriorRequestNotComplete', 400, 'throttle', 'again'],
  ['SlowDown', 503, 'throttle', 'again'],
  ['LimitExceededException', 400, 'throttle', 'again'],
  ['ProvisionedThroughputExceededException', 400, 'throttle', 'again'],
  ['TransactionInProgressException', 400, 'throttle', 'again'],
  ['RequestTimeout', 408, 'transient', 'again'],
  ['RequestTimeoutException', 408, 'transient', 'again'],
  ['InternalError', 500, 'transient', 'again'],
  ['InternalFailure', 500, 'transient', 'again'],
  ['ServiceUnavailable', 503, 'transient', 'again'],
  ['Unavailable', 503, 'transient', 'again'],
  ['SomethingNobodyKnows', 500, 'transient', 'again'],
  ['SomethingNobodyKnows', 502, 'transient', 'again'],
  ['SomethingNobodyKnows', 504, 'transient', 'again'],
  ['InsufficientInstanceCapacity', 500, 'capacity', 'next place'],
  ['InsufficientHostCapacity', 500, 'capacity', 'next place'],
  ['InsufficientReservedInstanceCapacity', 400, 'capacity', 'next place'],
  ['InsufficientCapacityOnHost', 400, 'capacity', 'next place'],
  ['InsufficientFreeAddressesInSubnet', 400, 'capacity', 'next place'],
  ['UnfulfillableCapacity', 500, 'capacity', 'next place'],
  ['ReservationCapacityExceeded', 400, 'capacity', 'next place'],
  ['MaxSpotInstanceCountExceeded', 400, 'capacity', 'next place'],
  ['Unsupported', 400, 'capacity', 'next place'],
  ['VcpuLimitExceeded', 400, 'quota', 'other family'],
  ['InstanceLimitExceeded', 400, 'quota', 'other family'],
  ['AddressLimitExceeded', 400, 'quota', 'other family'],
  ['IdempotentParameterMismatch', 400, 'ambiguous', 'look first'],
  ['IdempotentInstanceTerminated', 400, 'ambiguous', 'look first'],
  ['UnauthorizedOperation', 403, 'auth', 'stop'],
  ['AuthFailure', 401, 'auth', 'stop'],
  ['AccessDenied', 403, 'auth', 'stop'],
  ['AccessDeniedException', 400, 'auth', 'stop'],
  ['ExpiredToken', 400, 'credentials', 'pause'],
  ['ExpiredTokenException', 400, 'credentials', 'pause'],
  ['RequestExpired', 400, 'credentials', 'pause'],
  ['InvalidClientTokenId', 403, 'auth', 'stop'],
  ['UnrecognizedClientException', 400, 'auth', 'stop'],
  ['MissingAuthenticationToken', 403, 'auth', 'stop'],
  ['SignatureDoesNotMatch', 403, 'auth', 'stop'],
  ['Blocked', 403, 'fatal', 'stop'],
  ['OptInRequired', 401, 'fatal', 'stop'],
  ['PendingVerification', 400, 'fatal', 'stop'],
  ['OperationNotPermitted', 400, 'not-permitted', 'stop'],
  ['Resource.AlreadyAssociated', 400, 'fatal', 'stop'],
  ['InvalidSubnetID.NotFound', 400, 'fatal', 'stop'],
  ['InvalidParameterValue', 400, 'fatal', 'stop'],
  ['InvalidParameterCombination', 400, 'fatal', 'stop'],
  ['InvalidAMIID.NotFound', 400, 'fatal', 'stop'],
  ['InvalidAMIID.Malformed', 400, 'fatal', 'stop'],
  ['InvalidLaunchTemplateId.NotFound', 400, 'fatal', 'stop'],
  ['InvalidLaunchTemplateName.NotFoundException', 400, 'fatal', 'stop'],
  ['InvalidGroup.NotFound', 400, 'fatal', 'stop'],
  ['InvalidInstanceID.NotFound', 400, 'not-found-yet', 'stop'],
  ['InvalidAllocationID.NotFound', 400, 'not-found-yet', 'stop'],
  ['InvalidNetworkInterfaceID.NotFound', 400, 'not-found-yet', 'stop'],
  ['SomethingNobodyKnows', 400, 'fatal', 'stop'],
]

/** Codes that no server sends in answer to a launch: of this machine, of a dry run, and of network ACLs. */
const OTHERWISE = [
  ...['CredentialsProviderError', 'TokenProviderError', 'DryRunOperation'],
  ...['NetworkAclEntryAlreadyExists', 'NetworkAclEntryLimitExceeded'],
  ...['InvalidNetworkAclEntry.NotFound', 'InvalidNetworkAclID.NotFound'],
]

let server: AwsServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const launchedXml = (id: string) =>
  `<instancesSet><item><instanceId>${id}</instanceId><instanceState><name>pending</name></instanceState></item></instancesSet>`

/** Four places: each of two families in each of two subnets. */
const PLACES = {
  cluster: CLUSTER,
  launch_template: 'lt-proxy',
  subnets: ['subnet-a1', 'subnet-b1'],
  instance_types: ['c7i.large', 'r7i.large'],
  tags: { role: 'proxy' },
}
const PLACE = /^(subnet-\w+) (\S+)/

type Sent = { readonly place: string; readonly token: string }

/** A launch over those places, through the real provider, at a server that answers the first request with that error. */
const launchAgainst = async (code: string, status: number) => {
  const sent: Sent[] = []
  server = await awsServer(({ body }, reply, number) => {
    sent.push({
      place: `${body.get('SubnetId')} ${body.get('InstanceType')}`,
      token: body.get('ClientToken') ?? '',
    })
    if (number === 1) awsError(reply, status, code)
    else awsReply(reply, 'RunInstances', launchedXml('i-1'))
  })
  const hands = handsAt(server.url)
  const failures: Failure[] = []
  const op: Apply['op'] = async ({ kind, key, args }) => {
    const result = await behaviour.ops[kind]!.effect(args, key, hands)
    if (!result.ok) failures.push(result.failure)
    return result
  }
  const slot = {
    old: 'i-3',
    launch: PLACES,
    filters: [],
    leave: { by: 'nothing' },
    launchKey: 'launch',
  } as const
  const all: Apply['all'] = requests => Promise.all(requests.map(op))
  const result: Result<string> = await launchSomewhere(slot, new Set(), { op, all })
  return { sent, result, failures }
}

const handsAt = (awsUrl: string): Hands => {
  const clock = jumpingClock()
  return { ...handsOn(newCloud()), clock, providers: createProviders(testWire({ awsUrl, clock })) }
}

/** What was really sent, and how it ended, in the words of the table. */
const seen = ({ sent, result, failures }: Awaited<ReturnType<typeof launchAgainst>>): Does => {
  const [first, second, ...more] = sent.map(({ place, token }) => ({ place: PLACE.exec(place), token }))
  expect(more).toEqual([])
  const [failure] = failures
  if (first && second) {
    okOf(result)
    if (first.token === second.token) return 'again'
    const isSameFamily = first.place?.[2] === second.place?.[2]
    return isSameFamily ? 'next place' : 'other family'
  }
  if (!failure) expect.fail('one request, and no failure')
  if (isDoubtful(failure)) return 'look first'
  return failure.code === 'ec2.credentials' ? 'pause' : 'stop'
}

describe('a launch that EC2 answers with', () => {
  it.each(TABLE)('%s (%i) is %s: %s', async (code, status, errorClass, does) => {
    expect(classify({ code, status })).toBe(errorClass)
    expect(seen(await launchAgainst(code, status))).toBe(does)
  })

  it('any code that is classed by its name is in that table', () => {
    const known = [...TABLE.map(([code]) => code), ...OTHERWISE]
    expect(Object.keys(ERROR_CODES).filter(code => !known.includes(code))).toEqual([])
  })
})

describe('an instance that EC2 does not know', () => {
  /** A look that is answered so often by that it does not exist. */
  const unknownFor = async (times: number) => {
    server = await awsServer((_, reply, number) =>
      number <= times
        ? awsError(reply, 400, 'InvalidInstanceID.NotFound')
        : awsReply(reply, 'DescribeInstances', RUNNING),
    )
    return handsAt(server.url)
  }
  const RUNNING = `<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><privateIpAddress>10.0.0.1</privateIpAddress>
    <instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet>`

  it('is looked for again where it was launched just now', async () => {
    const hands = await unknownFor(3)
    const args = { instance: 'i-1', cluster: CLUSTER }
    expect(okOf(await behaviour.ops['await-running']!.effect(args, '', hands))).toMatchObject({
      private_ip: '10.0.0.1',
    })
    expect(server?.asked).toHaveLength(4)
  })

  it('is not looked for again by anybody else: there it is gone', async () => {
    const ec2 = okOf(await (await unknownFor(3)).providers.ec2())
    const look = await ec2.describeInstances({ ids: ['i-1'] })
    expect(look).toMatchObject({ ok: false, failure: { code: 'ec2.not-found' } })
    expect(server?.asked).toHaveLength(1)
  })
})

describe('a dry run', () => {
  it('is permitted where EC2 says so by an error, and nothing else of it is believed', async () => {
    expect(classify({ code: 'DryRunOperation', status: 412 })).toBe('dry-run-ok')
    server = await awsServer((_, reply) => awsError(reply, 412, 'DryRunOperation'))
    const ec2 = okOf(await handsAt(server.url).providers.ec2())
    expect(await ec2.mayI({ operation: 'TerminateInstances', ids: ['i-1'] })).toMatchObject({
      verdict: 'allowed',
    })
  })
})
