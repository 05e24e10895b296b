import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { fail } from '../../src/domain/result.js'
import { DRY_RUN_VERIFIED, type Ec2, type Ec2Probe } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import { jumpingClock } from './clock.js'
import type { AwsServer } from './servers.js'
import { awsError, awsReply, awsServer } from './servers.js'
import { okOf, testWire } from './wire.js'

let server: AwsServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const against = async (answer: (reply: ServerResponse, number: number) => void) => {
  server = await awsServer((_, reply, number) => answer(reply, number))
  const wire = testWire({ awsUrl: server.url, clock: jumpingClock() })
  return { ec2: okOf(await createProviders(wire).ec2()), wire, asked: server.asked }
}
const would = (reply: ServerResponse) =>
  awsError(reply, 412, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.')

const launch = {
  launchTemplate: 'lt-proxy',
  subnet: 's',
  instanceType: 't',
  clientToken: 'tok',
  tags: { a: 'b' },
}
const move = { allocationId: 'eipalloc-1', instanceId: 'i-1', allowReassociation: true }
const PROBES: readonly Ec2Probe[] = [
  { operation: 'RunInstances', request: launch },
  { operation: 'CreateTags', ids: ['i-1'], tags: { a: 'b' } },
  { operation: 'DeleteTags', ids: ['i-1'], keys: ['a'] },
  { operation: 'AssociateAddress', request: move },
  { operation: 'TerminateInstances', ids: ['i-1'] },
]
const TAG = { operation: 'CreateTags', ids: ['i-1'], tags: { a: 'b' } } as const satisfies Ec2Probe

/** The change itself. */
const CHANGES: { readonly [O in Ec2Probe['operation']]: (ec2: Ec2) => Promise<unknown> } = {
  RunInstances: ec2 => ec2.runInstance(launch),
  CreateTags: ec2 => ec2.createTags(['i-1'], { a: 'b' }),
  DeleteTags: ec2 => ec2.deleteTags(['i-1'], ['a']),
  AssociateAddress: ec2 => ec2.associateAddress(move),
  TerminateInstances: ec2 => ec2.terminateInstances(['i-1']),
}

describe('asking whether a change is permitted', () => {
  it.each(PROBES)('sends $operation with DryRun, once, and records it as changing nothing', async probe => {
    const { ec2, wire, asked } = await against(would)
    expect(await ec2.mayI(probe)).toMatchObject({ permission: `ec2:${probe.operation}`, verdict: 'allowed' })
    expect(asked.map(({ action, body }) => [action, body.get('DryRun')])).toEqual([[probe.operation, 'true']])
    expect(wire.sent).toEqual([{ endpoint: 'ec2', operation: `${probe.operation} (DryRun)`, mutating: false }])
  })

  it('is possible for every verified operation, and these are all', () => {
    expect(PROBES.map(({ operation }) => operation).sort()).toEqual(Object.values(DRY_RUN_VERIFIED).sort())
  })

  it.each(PROBES)('asks for $operation with the parameters that the change is made with', async probe => {
    const { ec2, asked } = await against(would)
    await ec2.mayI(probe)
    await CHANGES[probe.operation](ec2)
    const [dry, real] = asked.map(({ body }) => Object.fromEntries(body))
    expect(dry).toEqual({ ...real, DryRun: 'true' })
    expect(real).not.toHaveProperty('DryRun')
  })

  it('is denied where EC2 says so, in its own words', async () => {
    const { ec2, asked } = await against(reply =>
      awsError(reply, 403, 'UnauthorizedOperation', 'You are not authorized to perform this operation.'),
    )
    const permission = await ec2.mayI(TAG)
    expect(permission).toMatchObject({ permission: 'ec2:CreateTags', verdict: 'denied' })
    expect(permission.detail).toContain('You are not authorized')
    expect(asked).toHaveLength(1)
  })

  it.each([
    [400, 'ExpiredToken'],
    [401, 'AuthFailure'],
    [400, 'InvalidInstanceID.NotFound'],
    [500, 'InsufficientInstanceCapacity'],
    [400, 'SomethingNobodyKnows'],
  ])('is unknown after %i %s, which is no answer to it', async (status, code) => {
    const { ec2, asked } = await against(reply => awsError(reply, status, code))
    const permission = await ec2.mayI(TAG)
    expect(permission.verdict).toBe('unknown')
    expect(permission.detail).toContain(code)
    expect(asked).toHaveLength(1)
  })

  it('is unknown when it is throttled, after a few seconds and no more', async () => {
    const { ec2, wire } = await against(reply => awsError(reply, 503, 'RequestLimitExceeded'))
    const before = wire.clock.now()
    const permission = await ec2.mayI(TAG)
    expect(permission.verdict).toBe('unknown')
    expect(permission.detail).toContain('throttled')
    expect(wire.clock.now() - before).toBeLessThanOrEqual(5_000)
  })

  it('is answered by a later try when only the first is throttled', async () => {
    const { ec2 } = await against((reply, number) =>
      number === 1 ? awsError(reply, 503, 'RequestLimitExceeded') : would(reply),
    )
    expect((await ec2.mayI(TAG)).verdict).toBe('allowed')
  })

  it('is unknown, and loudly so, when the server did it', async () => {
    const { ec2, asked } = await against(reply => awsReply(reply, 'CreateTags', '<return>true</return>'))
    const permission = await ec2.mayI(TAG)
    expect(permission.verdict).toBe('unknown')
    expect(permission.detail).toContain('IGNORED DryRun')
    expect(permission.detail).toContain('i-1')
    expect(asked).toHaveLength(1)
  })

  it('is unknown when nobody answers', async () => {
    const { ec2, wire } = await against(() => undefined)
    await server?.close()
    expect((await ec2.mayI(TAG)).verdict).toBe('unknown')
    expect(wire.sent).toEqual([])
  })

  it('is admitted where changes are not, and unknown where it is not', async () => {
    const { wire, asked } = await against(would)
    const providers = createProviders(wire)
    const no = fail('bug', 'must not be sent', 'report this')
    const onlyLooks = providers.withRecorder(wire.record, ({ mutating }) =>
      mutating ? no : { ok: true, value: null },
    )
    expect((await okOf(await onlyLooks.ec2()).mayI(TAG)).verdict).toBe('allowed')
    const nothing = providers.withRecorder(wire.record, () => no)
    expect(await okOf(await nothing.ec2()).mayI(TAG)).toMatchObject({
      verdict: 'unknown',
      detail: 'must not be sent',
    })
    expect(asked).toHaveLength(1)
  })
})
