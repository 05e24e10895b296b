import {
  CreateNetworkAclEntryCommand,
  type CreateNetworkAclEntryCommandInput,
  CreateTagsCommand,
  DeleteNetworkAclEntryCommand,
  DeleteTagsCommand,
  DescribeNetworkAclsCommand,
  type DescribeNetworkAclsCommandInput,
  EC2Client,
  type NetworkAclEntry,
} from '@aws-sdk/client-ec2'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clientOptions } from '../../src/providers/aws/client-options.js'
import { linesOf, type Running, startRunning, stopRunning } from './running.js'

const NetworkAclId = 'acl-0abc'
let running: Running
let ec2: EC2Client

beforeEach(async () => {
  running = await startRunning({})
  ec2 = new EC2Client(clientOptions(running.drill.aws))
})
afterEach(async () => {
  ec2.destroy()
  await stopRunning(running)
})

/** `done`, or the code of the error. */
const outcome = async (sent: Promise<unknown>): Promise<string> => {
  try {
    await running.drill.clock.io(sent)
    return 'done'
  } catch (error) {
    return (error as Error).name // the SDK names its errors after EC2's codes
  }
}

const DENY = {
  NetworkAclId,
  RuleNumber: 50,
  Egress: false,
  RuleAction: 'deny',
  Protocol: '-1',
  CidrBlock: '192.0.2.0/24',
} as const satisfies CreateNetworkAclEntryCommandInput

const create = (changes: Partial<CreateNetworkAclEntryCommandInput> = {}) =>
  outcome(
    ec2.send(new CreateNetworkAclEntryCommand({ ...DENY, ...changes } as CreateNetworkAclEntryCommandInput)),
  )
const remove = (RuleNumber: number, Egress = false, id: string = NetworkAclId) =>
  outcome(ec2.send(new DeleteNetworkAclEntryCommand({ NetworkAclId: id, RuleNumber, Egress })))
const find = async (input: DescribeNetworkAclsCommandInput = {}) =>
  (await running.drill.clock.io(ec2.send(new DescribeNetworkAclsCommand(input)))).NetworkAcls!
const entries = async () => (await find())[0]!.Entries!
const entry = async (number: number, egress = false) =>
  (await entries()).find(({ RuleNumber, Egress }) => RuleNumber === number && Egress === egress)

const IPV6 = { CidrBlock: undefined, Ipv6CidrBlock: '2001:db8::/32' } as const
const TCP = { Protocol: '6', PortRange: { From: 11_211, To: 11_214 } } as const

describe('DescribeNetworkAcls', () => {
  it('shows entries, the subnets behind it, and tags', async () => {
    const [acl, ...more] = await find({ NetworkAclIds: [NetworkAclId] })
    expect(more).toEqual([])
    expect(acl).toMatchObject({
      NetworkAclId,
      IsDefault: false,
      OwnerId: '123456789012',
      Associations: [
        { SubnetId: 'subnet-a1', NetworkAclId },
        { SubnetId: 'subnet-b1', NetworkAclId },
      ],
      Tags: [{ Key: 'Name', Value: 'us-east-c1' }],
    })
    expect(acl!.Entries).toHaveLength(8)
    expect(acl!.Entries![1]).toEqual({
      RuleNumber: 101,
      Egress: false,
      RuleAction: 'allow',
      Protocol: '-1',
      Ipv6CidrBlock: '::/0',
    })
  })

  it('filters by subnet and by tag, and refuses an id that does not exist', async () => {
    const count = async (Name: string, value: string) =>
      (await find({ Filters: [{ Name, Values: [value] }] })).length
    expect(await count('association.subnet-id', 'subnet-b1')).toBe(1)
    expect(await count('association.subnet-id', 'subnet-zz')).toBe(0)
    expect(await count('tag:Name', 'us-east-*')).toBe(1)
    const lost = ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds: [NetworkAclId, 'acl-0nobody'] }))
    expect(await outcome(lost)).toBe('InvalidNetworkAclID.NotFound')
  })
})

describe('CreateNetworkAclEntry', () => {
  it('creates what is asked for, in the world`s log before it is answered', async () => {
    expect(await create(TCP)).toBe('done')
    expect(await entry(50)).toEqual({
      RuleNumber: 50,
      Egress: false,
      RuleAction: 'deny',
      Protocol: '6',
      CidrBlock: '192.0.2.0/24',
      PortRange: { From: 11_211, To: 11_214 },
    })
    const made = { number: 50, direction: 'ingress', effect: 'deny', cidr: '192.0.2.0/24', protocol: '6' }
    expect(linesOf(running.dir, 'world')).toMatchObject([
      {
        operation: 'CreateNetworkAclEntry',
        args: {
          acl: NetworkAclId,
          entry: { ...made, ports: { from: 11_211, to: 11_214 } },
        },
      },
    ])
  })

  it('clears host bits', async () => {
    await create({ CidrBlock: '100.68.0.18/18' })
    expect(await entry(50)).toMatchObject({ CidrBlock: '100.68.0.0/18' })
    await create({ ...IPV6, RuleNumber: 51, Ipv6CidrBlock: '2001:0DB8:0:0::1/32' })
    expect(await entry(51)).toMatchObject({ Ipv6CidrBlock: '2001:db8::/32' })
  })

  it('ignores ports where the protocol has none', async () => {
    await create({ PortRange: { From: 1, To: 2 } })
    expect(await entry(50)).not.toHaveProperty('PortRange')
  })

  it('takes a number once in each direction, whatever the family', async () => {
    expect(await create()).toBe('done')
    expect(await create({ ...IPV6 })).toBe('NetworkAclEntryAlreadyExists')
    expect(await create({ Egress: true })).toBe('done')
  })

  it('takes 20 in each direction and of each family, with the last deny', async () => {
    const room = 20 - 2 // what lets everything through, and the last deny
    const numbers = Array.from({ length: room }, (_, index) => index + 1)
    for (const RuleNumber of numbers) expect(await create({ RuleNumber })).toBe('done')
    expect(await create({ RuleNumber: 90 })).toBe('NetworkAclEntryLimitExceeded')
    expect(await create({ RuleNumber: 90, ...IPV6 })).toBe('done')
    expect(await create({ RuleNumber: 90, Egress: true })).toBe('done')
    expect(await remove(7)).toBe('done')
    expect(await create({ RuleNumber: 91 })).toBe('done')
  })

  it.each<[string, object]>([
    ['MissingParameter', { CidrBlock: undefined }],
    ['InvalidParameterCombination', { Ipv6CidrBlock: '2001:db8::/32' }],
    ['InvalidParameterValue', { RuleNumber: 0 }],
    ['InvalidParameterValue', { RuleNumber: -1 }],
    ['InvalidParameterValue', { RuleNumber: 32_767 }],
    ['InvalidParameterValue', { CidrBlock: '192.0.2.0' }],
    ['InvalidParameterValue', { CidrBlock: '999.1.1.1/24' }],
    ['InvalidParameterValue', { CidrBlock: '192.0.2.0/33' }],
    ['InvalidParameterValue', { CidrBlock: '2001:db8::/32' }],
    ['InvalidParameterValue', { CidrBlock: undefined, Ipv6CidrBlock: '192.0.2.0/24' }],
    ['InvalidParameterValue', { CidrBlock: undefined, Ipv6CidrBlock: '::ffff:192.0.2.0/120' }],
    ['InvalidParameterValue', { RuleAction: 'drop' }],
    ['MissingParameter', { RuleAction: undefined }],
    ['MissingParameter', { Egress: undefined }],
    ['MissingParameter', { RuleNumber: undefined }],
    ['MissingParameter', { Protocol: undefined }],
    ['InvalidParameterValue', { Protocol: 'tcp' }],
    ['InvalidParameterValue', { Protocol: '256' }],
    ['UnsupportedOperation', { Protocol: '1', IcmpTypeCode: { Type: -1, Code: -1 } }],
    ['MissingParameter', { Protocol: '6' }],
    ['MissingParameter', { Protocol: '17', PortRange: { From: 1 } }],
    ['InvalidParameterValue', { Protocol: '6', PortRange: { From: 2, To: 1 } }],
    ['InvalidParameterValue', { Protocol: '6', PortRange: { From: 0, To: 65_536 } }],
    ['InvalidNetworkAclID.NotFound', { NetworkAclId: 'acl-0nobody' }],
    ['InvalidNetworkAclID.NotFound', { NetworkAclId: '__proto__' }],
    ['DryRunOperation', { DryRun: true }],
  ])('refuses with %s, and creates nothing: %j', async (code, changes) => {
    expect(await create(changes)).toBe(code)
    expect(linesOf(running.dir, 'world')).toEqual([])
    expect(await entries()).toHaveLength(8)
  })
})

describe('DeleteNetworkAclEntry', () => {
  it('deletes that entry of that direction, once', async () => {
    await create()
    await create({ Egress: true })
    expect(await remove(50)).toBe('done')
    expect([await entry(50), await entry(50, true)]).toEqual([undefined, expect.anything()])
    expect(await remove(50)).toBe('InvalidNetworkAclEntry.NotFound')
  })

  it('refuses what is EC2`s own, and an ACL that does not exist', async () => {
    expect(await remove(32_767)).toBe('InvalidParameterValue')
    expect(await remove(100, false, 'acl-0nobody')).toBe('InvalidNetworkAclID.NotFound')
    expect(await entries()).toHaveLength(8)
  })
})

describe('the entries of an ACL', () => {
  it('are there in another process, too, and what was deleted is not', async () => {
    await create(TCP)
    await create({ ...IPV6, Egress: true })
    await create({ RuleNumber: 51 })
    await remove(51)
    const before = await entries()
    const resumeAt = running.drill.clock.now()
    await running.drill.stop()
    ec2.destroy()
    running = await startRunning({ dir: running.dir, resumeAt })
    ec2 = new EC2Client(clientOptions(running.drill.aws))
    expect(before).toHaveLength(10)
    expect(await entries()).toEqual(before)
  })
})

describe('the tags of an ACL', () => {
  it('are set and deleted, and those of one that does not exist are refused', async () => {
    const tags = async () => Object.fromEntries((await find())[0]!.Tags!.map(({ Key, Value }) => [Key, Value]))
    const Tags = [{ Key: 'firebreak:filters', Value: '1' }]
    const tag = (id: string) => outcome(ec2.send(new CreateTagsCommand({ Resources: [id], Tags })))
    expect(await tag(NetworkAclId)).toBe('done')
    expect(await tags()).toEqual({ Name: 'us-east-c1', 'firebreak:filters': '1' })
    const other = { Resources: [NetworkAclId], Tags: [{ Key: 'firebreak:filters', Value: '2' }] }
    await outcome(ec2.send(new DeleteTagsCommand(other)))
    expect(await tags()).toHaveProperty(['firebreak:filters'])
    await outcome(ec2.send(new DeleteTagsCommand({ Resources: [NetworkAclId], Tags })))
    expect(await tags()).toEqual({ Name: 'us-east-c1' })
    expect(await tag('acl-0nobody')).toBe('InvalidNetworkAclID.NotFound')
  })
})

describe('any sequence of creations and deletions', () => {
  it('keeps numbers apart, stays within the quota, and shows what was created, canonical', async () => {
    const reached = new Set<string>()
    const steps = fc.array(fc.oneof({ weight: 6, arbitrary: creation }, deletion), {
      minLength: 60,
      maxLength: 80,
    })
    await fc.assert(
      fc.asyncProperty(steps, async sequence => {
        for (const id of (await entries()).filter(isRemovable)) await remove(id.RuleNumber!, id.Egress)
        const model = new Map<string, Kept>()
        for (const step of sequence) {
          const due = expected(model, step)
          expect(await send(step)).toBe(due)
          reached.add(`${step.what}: ${due}`)
        }
        const shown = (await entries()).filter(isRemovable)
        expect(new Map(shown.map(one => [keyOf(one.RuleNumber!, one.Egress!), pick(one)]))).toEqual(model)
        expect(shown).toHaveLength(model.size)
      }),
      { numRuns: 8 },
    )
    expect([...reached].sort()).toEqual([
      'create: NetworkAclEntryAlreadyExists',
      'create: NetworkAclEntryLimitExceeded',
      'create: done',
      'delete: InvalidNetworkAclEntry.NotFound',
      'delete: done',
    ])
  })
})

/** An address with host bits, and the prefix that it is in: known from its numbers, without any parsing. */
const ipv4 = fc.tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255)).map(([a, b, c]) => ({
  asked: { CidrBlock: `${a}.${b}.${c}.${b}/16` },
  kept: `${a}.${b}.0.0/16`,
}))
const ipv6 = fc
  .tuple(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff }))
  .map(([a, b]) => ({
    asked: {
      CidrBlock: undefined,
      Ipv6CidrBlock: `2001:${a.toString(16).toUpperCase()}::${b.toString(16)}/32`,
    },
    kept: `2001:${a.toString(16)}::/32`,
  }))
/** Few numbers, and most of them in one direction and of one family: so that they meet, and fill what there is. */
const place = {
  number: fc.oneof({ weight: 39, arbitrary: fc.integer({ min: 1, max: 40 }) }, fc.constant(32_766)),
  egress: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
}
const prefix = fc.oneof({ weight: 4, arbitrary: ipv4 }, ipv6)
const creation = fc.record({ what: fc.constant('create' as const), ...place, prefix })
const deletion = fc.record({ what: fc.constant('delete' as const), ...place })
type Step = typeof creation | typeof deletion extends fc.Arbitrary<infer S> ? S : never

type Kept = { readonly cidr: string; readonly effect: string }

const keyOf = (number: number, egress: boolean): string => `${egress ? 'out' : 'in'} ${number}`

/** Nothing is left but the last denies. */
const isRemovable = ({ RuleNumber }: NetworkAclEntry): boolean => RuleNumber! < 32_767

const pick = ({ CidrBlock, Ipv6CidrBlock, RuleAction }: NetworkAclEntry): Kept => ({
  cidr: CidrBlock ?? Ipv6CidrBlock ?? '',
  effect: RuleAction ?? '',
})

const send = (step: Step): Promise<string> =>
  step.what === 'delete'
    ? remove(step.number, step.egress)
    : create({ RuleNumber: step.number, Egress: step.egress, ...step.prefix.asked })

/** What is to be answered; the model is as it is to be afterwards. */
const expected = (model: Map<string, Kept>, step: Step): string => {
  const key = keyOf(step.number, step.egress)
  if (step.what === 'delete') return model.delete(key) ? 'done' : 'InvalidNetworkAclEntry.NotFound'
  if (model.has(key)) return 'NetworkAclEntryAlreadyExists'
  const cidr = step.prefix.kept
  const isBeside = ([other, kept]: [string, Kept]): boolean =>
    other.split(' ')[0] === key.split(' ')[0] && kept.cidr.includes(':') === cidr.includes(':')
  if ([...model].filter(isBeside).length === 19) return 'NetworkAclEntryLimitExceeded' // the 20th is the last deny
  model.set(key, { cidr, effect: 'deny' })
  return 'done'
}
