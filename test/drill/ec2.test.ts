import {
  AssociateAddressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DisassociateAddressCommand,
  EC2Client,
  type Instance,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { linesOf, type Running, startRunning, stopRunning } from './running.js'
import { EPOCH } from './story.js'

let running: Running
let ec2: EC2Client

beforeEach(async () => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  running = await startRunning({ seed: 4 })
  ec2 = new EC2Client(config())
})
afterEach(async () => {
  ec2.destroy()
  await stopRunning(running)
})

const config = (accessKeyId?: string) => {
  const { region, override } = running.drill.aws
  return {
    region,
    endpoint: override.endpoint,
    credentials: {
      accessKeyId: accessKeyId ?? override.accessKeyId,
      secretAccessKey: override.secretAccessKey,
    },
    maxAttempts: 1,
  }
}

/** Every request holds the clock, as the providers do it. */
const io = <T>(promise: Promise<T>): Promise<T> => running.drill.clock.io(promise)

const refusal = async (promise: Promise<unknown>): Promise<{ code: string; status: number | undefined }> => {
  try {
    await io(promise)
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } } // the SDK's own
    return { code: name, status: $metadata?.httpStatusCode }
  }
  throw new Error('the request was accepted')
}

const order = (changes: Partial<RunInstancesCommandInput> = {}): RunInstancesCommandInput => ({
  LaunchTemplate: { LaunchTemplateName: 'lt-proxy' },
  SubnetId: 'subnet-a1',
  InstanceType: 'c7i.large',
  ClientToken: 'launch-1',
  MinCount: 1,
  MaxCount: 1,
  TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'firebreak:op', Value: 'a & <b> "c"' }] }],
  ...changes,
})

const list = async (input: ConstructorParameters<typeof DescribeInstancesCommand>[0] = {}) =>
  (await io(ec2.send(new DescribeInstancesCommand(input)))).Reservations!.flatMap(
    reservation => reservation.Instances ?? [],
  )
const proxies = () => list({ Filters: [{ Name: 'tag:role', Values: ['proxy'] }] })
const launch = async (changes: Partial<RunInstancesCommandInput> = {}): Promise<Instance> =>
  (await io(ec2.send(new RunInstancesCommand(order(changes))))).Instances![0]!
const addressOf = async (instance: string) =>
  (await io(ec2.send(new DescribeAddressesCommand({ Filters: [{ Name: 'instance-id', Values: [instance] }] }))))
    .Addresses![0]

describe('DescribeInstances', () => {
  it('finds the hosts of a cluster by their tags, with what an operator looks at', async () => {
    const found = await list({
      Filters: [
        { Name: 'tag:role', Values: ['proxy'] },
        { Name: 'tag:cluster', Values: ['us-east-c1'] },
        { Name: 'instance-state-name', Values: ['pending', 'running'] },
      ],
    })
    expect(found).toHaveLength(6)
    expect(found[0]).toMatchObject({
      State: { Name: 'running', Code: 16 },
      InstanceType: 'c7i.large',
      Placement: { AvailabilityZone: 'us-east-1a' },
      SubnetId: 'subnet-a1',
      PrivateIpAddress: '10.0.1.10',
    })
    expect(found[0]!.PublicIpAddress).toMatch(/^203\.0\.113\./)
    expect(found[0]!.LaunchTime!.getTime()).toBeLessThan(EPOCH)
  })

  it('takes time on the virtual clock, and none to speak of on the real one', async () => {
    const before = running.drill.clock.now()
    await list()
    const passed = running.drill.clock.now() - before
    expect(passed).toBeGreaterThanOrEqual(40)
    expect(passed).toBeLessThanOrEqual(120)
  })

  it('filters by subnet, id, key and wildcard, and matches all filters at once', async () => {
    const [first] = await proxies()
    const count = async (Name: string, ...Values: string[]) =>
      (await list({ Filters: [{ Name, Values }] })).length
    expect(await count('subnet-id', 'subnet-b1')).toBe(5)
    expect(await count('instance-id', first!.InstanceId!)).toBe(1)
    expect(await count('tag-key', 'cluster')).toBe(10)
    expect(await count('tag:Name', 'us-east-c1-proxy-?')).toBe(6)
    expect(await count('tag:Name', 'us-east*')).toBe(10)
    expect(await count('tag:Name', 'us.east*')).toBe(0)
    expect(await count('client-token', 'never-used')).toBe(0)
    const both = await list({
      Filters: [
        { Name: 'tag:role', Values: ['backend'] },
        { Name: 'subnet-id', Values: ['subnet-a1'] },
      ],
    })
    expect(both).toHaveLength(2)
  })

  it('gives its answer page by page, everything once', async () => {
    const ids: string[] = []
    const sizes: number[] = []
    let NextToken: string | undefined
    do {
      const page = await io(
        ec2.send(new DescribeInstancesCommand({ MaxResults: 6, ...(NextToken ? { NextToken } : {}) })),
      )
      const found = page.Reservations!.flatMap(reservation => reservation.Instances ?? [])
      sizes.push(found.length)
      ids.push(...found.map(instance => instance.InstanceId!))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(sizes).toEqual([6, 4])
    expect(new Set(ids).size).toBe(10)
  })

  it.each([
    ['InvalidInstanceID.NotFound', { InstanceIds: ['i-00000000000000bad'] }],
    ['InvalidInstanceID.Malformed', { InstanceIds: ['proxy-1'] }],
    ['InvalidInstanceID.Malformed', { InstanceIds: ['__proto__'] }],
    ['InvalidParameterValue', { Filters: [{ Name: 'colour', Values: ['red'] }] }],
    ['InvalidParameterValue', { Filters: [{ Name: '__proto__', Values: ['x'] }] }],
    ['InvalidParameterValue', { MaxResults: 4 }],
    ['InvalidParameterValue', { NextToken: 'bm8' }],
    ['InvalidParameterCombination', { MaxResults: 5, InstanceIds: ['i-00000000000000bad'] }],
  ])('refuses with %s', async (code, input) => {
    expect(await refusal(ec2.send(new DescribeInstancesCommand(input)))).toEqual({ code, status: 400 })
  })
})

describe('RunInstances', () => {
  it('launches what comes up pending, then runs, with its tags from the start', async () => {
    const launched = await launch()
    expect(launched).toMatchObject({
      State: { Name: 'pending' },
      SubnetId: 'subnet-a1',
      ClientToken: 'launch-1',
    })
    expect(launched.Tags).toContainEqual({ Key: 'firebreak:op', Value: 'a & <b> "c"' })
    expect(launched.Tags!.map(tag => tag.Key)).toContain('aws:ec2launchtemplate:id')
    await running.drill.clock.sleep(40_000)
    const [later] = await list({ InstanceIds: [launched.InstanceId!] })
    expect(later!.State!.Name).toBe('running')
    expect(later!.PublicIpAddress).toBeUndefined()
  })

  it('launches once for one token, however often it is asked', async () => {
    const [first, second] = [await launch(), await launch()]
    expect(second.InstanceId).toBe(first.InstanceId)
    expect(await list()).toHaveLength(11)
    expect(linesOf(running.dir, 'world')).toHaveLength(1)
    const found = await list({ Filters: [{ Name: 'client-token', Values: ['launch-1'] }] })
    expect(found.map(instance => instance.InstanceId)).toEqual([first.InstanceId])
  })

  it('launches again for the same token in another zone', async () => {
    const [here, there] = [await launch(), await launch({ SubnetId: 'subnet-b1' })]
    expect(there.InstanceId).not.toBe(here.InstanceId)
  })

  it.each([
    ['IdempotentParameterMismatch', 400, { InstanceType: 'c7a.large' as const }],
    ['InvalidSubnetID.NotFound', 400, { SubnetId: 'subnet-zz' }],
    [
      'InvalidLaunchTemplateName.NotFoundException',
      400,
      { LaunchTemplate: { LaunchTemplateName: 'lt-other' } },
    ],
    ['InvalidLaunchTemplateId.Malformed', 400, { LaunchTemplate: { LaunchTemplateId: 'lt-proxy' } }],
    ['InvalidLaunchTemplateId.NotFound', 400, { LaunchTemplate: { LaunchTemplateId: 'lt-0123456789abcdef0' } }],
    ['MissingParameter', 400, { LaunchTemplate: undefined }],
    ['MissingParameter', 400, { SubnetId: undefined }],
    ['InvalidParameterValue', 400, { MinCount: 2, MaxCount: 1 }],
    ['InvalidParameterValue', 400, { ClientToken: 'x'.repeat(65) }],
    ['Unsupported', 400, { InstanceType: 'm7g.large' as const }],
    ['DryRunOperation', 412, { DryRun: true, ClientToken: 'other' }],
  ])('refuses with %s and launches nothing', async (code, status, changes) => {
    await launch()
    expect(await refusal(ec2.send(new RunInstancesCommand(order(changes as object))))).toEqual({ code, status })
    expect(linesOf(running.dir, 'world')).toHaveLength(1)
  })

  it('says when the token belongs to what was terminated', async () => {
    const { InstanceId } = await launch()
    await io(ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId!] })))
    expect((await refusal(ec2.send(new RunInstancesCommand(order())))).code).toBe(
      'IdempotentInstanceTerminated',
    )
  })
})

describe('addresses', () => {
  const associate = (AllocationId: string, InstanceId: string, AllowReassociation?: boolean) =>
    ec2.send(
      new AssociateAddressCommand({
        AllocationId,
        InstanceId,
        ...(AllowReassociation === undefined ? {} : { AllowReassociation }),
      }),
    )

  it('move from one proxy to another, only if reassociation is allowed', async () => {
    const [from] = await proxies()
    const { InstanceId: to } = await launch()
    const address = (await addressOf(from!.InstanceId!))!
    expect((await refusal(associate(address.AllocationId!, to!))).code).toBe('InvalidInstanceID')
    await running.drill.clock.sleep(40_000)
    expect((await refusal(associate(address.AllocationId!, to!, false))).code).toBe(
      'Resource.AlreadyAssociated',
    )
    const moved = await io(associate(address.AllocationId!, to!, true))
    expect(moved.AssociationId).toMatch(/^eipassoc-[0-9a-f]{17}$/)
    expect(moved.AssociationId).not.toBe(address.AssociationId)
    expect(await addressOf(to!)).toMatchObject({
      PublicIp: address.PublicIp,
      AllocationId: address.AllocationId,
      AssociationId: moved.AssociationId,
      InstanceId: to,
      Domain: 'vpc',
    })
    expect(await addressOf(from!.InstanceId!)).toBeUndefined()
  })

  it('stay as they are when they are moved to where they are', async () => {
    const [from] = await proxies()
    const address = (await addressOf(from!.InstanceId!))!
    const again = await io(associate(address.AllocationId!, from!.InstanceId!, false))
    expect(again.AssociationId).toBe(address.AssociationId)
    expect(linesOf(running.dir, 'world')).toHaveLength(0)
  })

  it('can be taken away, and given where nothing is attached without allowing reassociation', async () => {
    const [from] = await proxies()
    const address = (await addressOf(from!.InstanceId!))!
    const AssociationId = address.AssociationId!
    await io(ec2.send(new DisassociateAddressCommand({ AssociationId })))
    expect((await refusal(ec2.send(new DisassociateAddressCommand({ AssociationId })))).code).toBe(
      'InvalidAssociationID.NotFound',
    )
    const back = await io(associate(address.AllocationId!, from!.InstanceId!, false))
    expect(back.AssociationId).toBeDefined()
  })

  it('are found by id and by public address', async () => {
    const [from] = await proxies()
    const address = (await addressOf(from!.InstanceId!))!
    const byId = await io(ec2.send(new DescribeAddressesCommand({ AllocationIds: [address.AllocationId!] })))
    const byIp = await io(
      ec2.send(new DescribeAddressesCommand({ Filters: [{ Name: 'public-ip', Values: [address.PublicIp!] }] })),
    )
    expect(byId.Addresses).toEqual(byIp.Addresses)
    expect(byId.Addresses).toHaveLength(1)
  })

  it.each([
    ['InvalidAllocationID.NotFound', { AllocationId: 'eipalloc-0123456789abcdef0', InstanceId: 'x' }],
    ['MissingParameter', { InstanceId: 'i-0123456789abcdef0' }],
    ['MissingParameter', { AllocationId: 'eipalloc-0123456789abcdef0' }],
  ])('refuse with %s', async (code, input) => {
    const InstanceId =
      'InstanceId' in input && input.InstanceId === 'x' ? (await proxies())[0]!.InstanceId! : undefined
    const request = { ...input, ...(InstanceId === undefined ? {} : { InstanceId }) }
    expect((await refusal(ec2.send(new AssociateAddressCommand(request)))).code).toBe(code)
  })
})

describe('tags', () => {
  const tag = (Resources: string[], Key: string, Value = 'v', DryRun = false) =>
    ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value }], ...(DryRun ? { DryRun } : {}) }))

  it('are set, changed and deleted', async () => {
    const InstanceId = (await proxies())[0]!.InstanceId!
    const value = async () =>
      (await list({ InstanceIds: [InstanceId] }))[0]!.Tags!.find(one => one.Key === 'firebreak:state')?.Value
    await io(tag([InstanceId], 'firebreak:state', 'parked'))
    expect(await value()).toBe('parked')
    await io(tag([InstanceId], 'firebreak:state', 'serving'))
    expect(await value()).toBe('serving')
    const remove = (Value?: string) =>
      io(
        ec2.send(
          new DeleteTagsCommand({
            Resources: [InstanceId],
            Tags: [{ Key: 'firebreak:state', ...(Value === undefined ? {} : { Value }) }],
          }),
        ),
      )
    await remove('other')
    expect(await value()).toBe('serving')
    await remove()
    expect(await value()).toBeUndefined()
  })

  it('are refused on what does not exist, under reserved keys, and in a dry run', async () => {
    const InstanceId = (await proxies())[0]!.InstanceId!
    expect((await refusal(tag(['i-00000000000000bad'], 'a'))).code).toBe('InvalidInstanceID.NotFound')
    expect((await refusal(tag([InstanceId, 'i-00000000000000bad'], 'a'))).code).toBe(
      'InvalidInstanceID.NotFound',
    )
    expect((await refusal(tag(['vol-1'], 'a'))).code).toBe('InvalidID')
    expect((await refusal(tag([InstanceId], 'aws:mine'))).code).toBe('InvalidParameterValue')
    expect(await refusal(tag([InstanceId], 'a', 'v', true))).toEqual({ code: 'DryRunOperation', status: 412 })
    expect(linesOf(running.dir, 'world')).toHaveLength(0)
  })
})

describe('TerminateInstances', () => {
  const terminate = (...InstanceIds: string[]) => ec2.send(new TerminateInstancesCommand({ InstanceIds }))

  it('shuts down, says so again when asked again, and shows the terminated one', async () => {
    const InstanceId = (await proxies())[0]!.InstanceId!
    const states = async () => {
      const [change] = (await io(terminate(InstanceId))).TerminatingInstances!
      return [change!.PreviousState!.Name, change!.CurrentState!.Name]
    }
    expect(await states()).toEqual(['running', 'shutting-down'])
    expect(await states()).toEqual(['shutting-down', 'shutting-down'])
    await running.drill.clock.sleep(30_000)
    expect(await states()).toEqual(['terminated', 'terminated'])
    const [shown] = await list({ InstanceIds: [InstanceId] })
    expect(shown!.StateReason!.Code).toBe('Client.UserInitiatedShutdown')
    expect(linesOf(running.dir, 'world')).toHaveLength(1)
  })

  it('of a protected one in a dry run ends nothing in other zones either', async () => {
    const [one, two] = await proxies()
    expect(one!.Placement!.AvailabilityZone).not.toBe(two!.Placement!.AvailabilityZone)
    const InstanceIds = [one!.InstanceId!, two!.InstanceId!]
    const shield = { InstanceId: InstanceIds[0], DisableApiTermination: { Value: true } }
    await io(ec2.send(new ModifyInstanceAttributeCommand(shield)))
    const dry = ec2.send(new TerminateInstancesCommand({ InstanceIds, DryRun: true }))
    expect(await refusal(dry)).toEqual({ code: 'OperationNotPermitted', status: 400 })
    expect((await list({ InstanceIds })).map(({ State }) => State!.Name)).toEqual(['running', 'running'])
  })

  it('terminates nothing if one of the ids is bad', async () => {
    const InstanceId = (await proxies())[0]!.InstanceId!
    expect((await refusal(terminate(InstanceId, 'i-00000000000000bad'))).code).toBe(
      'InvalidInstanceID.NotFound',
    )
    expect((await list({ InstanceIds: [InstanceId] }))[0]!.State!.Name).toBe('running')
  })
})

describe('the endpoint', () => {
  it('tells the fleet`s account, as STS does', async () => {
    const sts = new STSClient(config())
    expect((await io(sts.send(new GetCallerIdentityCommand({})))).Account).toBe('123456789012')
    sts.destroy()
  })

  it('takes no credentials but those of the drill', async () => {
    const other = new EC2Client(config('AKIAIOSFODNN7EXAMPLE'))
    const denied = await refusal(other.send(new DescribeInstancesCommand({})))
    expect(denied).toEqual({ code: 'AuthFailure', status: 401 })
    other.destroy()
  })

  it('logs each request with its time and its user agent, and only changes in the world`s log', async () => {
    await list()
    await launch({ ClientToken: 'once' })
    await refusal(ec2.send(new RunInstancesCommand(order({ DryRun: true }))))
    const seen = linesOf(running.dir, 'endpoint')
    expect(seen.map(({ operation, mutating }) => [operation, mutating])).toEqual([
      ['DescribeInstances', false],
      ['RunInstances', true],
      ['RunInstances', false],
    ])
    for (const line of seen) expect(line.userAgent).toMatch(/^aws-sdk-js\//)
    expect(linesOf(running.dir, 'world').map(line => line.operation)).toEqual(['RunInstances'])
  })

  it('answers unknown actions and rubbish with an error, and lives on', async () => {
    const { endpoint } = running.drill.aws.override
    const authorization = `AWS4-HMAC-SHA256 Credential=${running.drill.aws.override.accessKeyId}/x`
    const post = async (body: string) => {
      const response = await fetch(endpoint, { method: 'POST', body, headers: { authorization } })
      return { status: response.status, text: await response.text() }
    }
    const unknown = await io(post('Action=Frobnicate&Version=2016-11-15'))
    expect(unknown.status).toBe(400)
    expect(unknown.text).toContain('<Code>InvalidAction</Code>')
    expect((await io(post('Action=__proto__'))).text).toContain('<Code>InvalidAction</Code>')
    expect((await io(post('\u0000%%%&&&=='))).status).toBe(400)
    expect(await list()).toHaveLength(10)
  })
})
