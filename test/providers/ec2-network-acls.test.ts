import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { Prefix } from '../../src/fleet/addresses/prefix.js'
import type { AclEntry, NetworkAcl } from '../../src/providers/network-acl.js'
import { standsIn } from '../../src/providers/network-acl.js'
import { createProviders } from '../../src/providers/providers.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { jumpingClock } from './clock.js'
import type { AwsServer } from './servers.js'
import { awsError, awsReply, awsServer } from './servers.js'
import { failureOf, okOf, testWire } from './wire.js'

let server: AwsServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

type Answer = (reply: ServerResponse, number: number) => void

const ec2Against = async (answer: Answer) => {
  server = await awsServer((_, reply, number) => answer(reply, number))
  const wire = testWire({ awsUrl: server.url, clock: jumpingClock() })
  return { ec2: okOf(await createProviders(wire).ec2()), asked: server.asked }
}
const DONE: Answer = reply => awsReply(reply, 'CreateNetworkAclEntry', '<return>true</return>')

const ACL = 'acl-0abc'
const DENY = {
  number: 50,
  direction: 'ingress',
  effect: 'deny',
  prefix: prefixOf('192.0.2.0/24'),
  protocol: '-1',
} as const satisfies AclEntry
const TCP: AclEntry = { ...DENY, protocol: '6', ports: { from: 11_211, to: 11_214 } }

describe('network ACLs', () => {
  it('are read with their entries, the subnets behind them, and tags', async () => {
    const { ec2, asked } = await ec2Against(reply => awsReply(reply, 'DescribeNetworkAcls', DESCRIBED))
    expect(okOf(await ec2.describeNetworkAcls([ACL]))).toEqual([
      {
        id: ACL,
        entries: [
          TCP,
          {
            number: 32_768,
            direction: 'egress',
            effect: 'deny',
            prefix: prefixOf('::/0'),
            protocol: '-1',
          },
        ],
        subnets: ['subnet-a1', 'subnet-b1'],
        tags: { Name: 'front' },
      },
    ])
    expect(Object.fromEntries(asked[0]!.body)).toEqual({
      Action: 'DescribeNetworkAcls',
      Version: '2016-11-15',
      'NetworkAclId.1': ACL,
    })
  })

  it('are compared in canonical form, however a server writes them', async () => {
    const { ec2 } = await ec2Against(reply =>
      awsReply(
        reply,
        'DescribeNetworkAcls',
        DESCRIBED.replace('192.0.2.0/24', '192.0.2.7/24').replace('::/0', '0::0/0'),
      ),
    )
    const [acl] = okOf(await ec2.describeNetworkAcls([ACL]))
    expect(acl!.entries.map(({ prefix }) => prefix)).toEqual(['192.0.2.0/24', '::/0'])
  })

  it('have ports where the protocol has some: EC2 ignores them with any other', async () => {
    const { ec2 } = await ec2Against(reply =>
      awsReply(reply, 'DescribeNetworkAcls', DESCRIBED.replace('<protocol>6', '<protocol>-1')),
    )
    const [acl] = okOf(await ec2.describeNetworkAcls([ACL]))
    expect(standsIn(acl!, DENY)).toBe(true)
  })

  it.each([
    ['an entry without a number', DESCRIBED.replace('<ruleNumber>50</ruleNumber>', '')],
    ['an entry without a prefix', DESCRIBED.replace('<cidrBlock>192.0.2.0/24</cidrBlock>', '')],
    ['an entry with a prefix that is none', DESCRIBED.replace('192.0.2.0/24', '999.1.1.1/24')],
    ['nothing of one that was named', '<networkAclSet/>'],
  ])('of which an answer has %s are not taken for read', async (_, answer) => {
    const { ec2 } = await ec2Against(reply => awsReply(reply, 'DescribeNetworkAcls', answer))
    const failed = failureOf(await ec2.describeNetworkAcls([ACL]))
    expect(failed.code).toBe('ec2.unavailable')
    expect(failed.next).toContain(`describe-network-acls --network-acl-ids ${ACL}`)
  })

  it('are none where none is named, and EC2 is not asked for all that there are', async () => {
    const { ec2, asked } = await ec2Against(DONE)
    expect(okOf(await ec2.describeNetworkAcls([]))).toEqual([])
    expect(asked).toEqual([])
  })
})

describe('an entry', () => {
  it.each<[AclEntry, object]>([
    [DENY, { Egress: 'false', RuleAction: 'deny', Protocol: '-1', CidrBlock: '192.0.2.0/24' }],
    [
      { ...TCP, direction: 'egress', effect: 'allow', prefix: prefixOf('2001:db8::/32') },
      {
        Egress: 'true',
        RuleAction: 'allow',
        Protocol: '6',
        Ipv6CidrBlock: '2001:db8::/32',
        'PortRange.From': '11211',
        'PortRange.To': '11214',
      },
    ],
  ])('is created as it reads: %j', async (entry, sent) => {
    const { ec2, asked } = await ec2Against(DONE)
    okOf(await ec2.createNetworkAclEntry({ acl: ACL, entry }))
    expect(Object.fromEntries(asked[0]!.body)).toEqual({
      Action: 'CreateNetworkAclEntry',
      Version: '2016-11-15',
      NetworkAclId: ACL,
      RuleNumber: '50',
      ...sent,
    })
  })

  it('is deleted by its number and direction', async () => {
    const { ec2, asked } = await ec2Against(reply =>
      awsReply(reply, 'DeleteNetworkAclEntry', '<return>true</return>'),
    )
    okOf(await ec2.deleteNetworkAclEntry({ acl: ACL, number: 50, direction: 'egress' }))
    expect(Object.fromEntries(asked[0]!.body)).toEqual({
      Action: 'DeleteNetworkAclEntry',
      Version: '2016-11-15',
      NetworkAclId: ACL,
      RuleNumber: '50',
      Egress: 'true',
    })
  })

  // Casts: what no type can keep out of a journal.
  it.each<[string, Partial<AclEntry>, string]>([
    ['that EC2 would widen', { prefix: '100.68.0.18/18' as Prefix }, '100.68.0.0/18'],
    ['that is none', { prefix: 'nobody' as Prefix }, '192.0.2.0/24'],
    ['with a number of EC2`s own', { number: 32_767 }, '1 to 32766'],
    ['with no whole number', { number: 1.5 }, '1 to 32766'],
    ['for TCP without ports', { protocol: '6' }, 'Only TCP'],
    ['for all protocols with ports, which EC2 would ignore', { ports: { from: 1, to: 2 } }, 'Only TCP'],
  ])('%s is not sent', async (_, wrong, next) => {
    const { ec2, asked } = await ec2Against(DONE)
    const failed = failureOf(await ec2.createNetworkAclEntry({ acl: ACL, entry: { ...DENY, ...wrong } }))
    expect(failed.code).toBe('ec2.rejected')
    expect(failed.next).toContain(next)
    expect(asked).toEqual([])
  })

  it.each([
    ['NetworkAclEntryAlreadyExists', 'ec2.exists', 'take a number that is free'],
    ['NetworkAclEntryLimitExceeded', 'ec2.full', 'Remove entries'],
    ['InvalidNetworkAclEntry.NotFound', 'ec2.not-found', 'named wrongly'],
    ['InvalidNetworkAclID.NotFound', 'ec2.not-found', 'named wrongly'],
  ])('that EC2 answers with %s is %s, and is not sent again', async (code, failureCode, next) => {
    const { ec2, asked } = await ec2Against(reply => awsError(reply, 400, code, 'The words of EC2.'))
    for (const sent of [
      await ec2.createNetworkAclEntry({ acl: ACL, entry: DENY }),
      await ec2.deleteNetworkAclEntry({ acl: ACL, ...DENY }),
    ]) {
      const failed = failureOf(sent)
      expect(failed.code).toBe(failureCode)
      expect(failed.message).toContain(`${code}, The words of EC2`)
      expect(failed.next).toContain(next)
    }
    expect(asked).toHaveLength(2)
  })
})

describe('an entry of which the answer was lost', () => {
  const lostFirst =
    (then: Answer): Answer =>
    (reply, number) =>
      number === 1 ? reply.socket?.destroy() : then(reply, number)

  it('may have been created by the first try, where the second finds its number taken', async () => {
    const { ec2, asked } = await ec2Against(
      lostFirst(reply => awsError(reply, 400, 'NetworkAclEntryAlreadyExists')),
    )
    const failed = failureOf(await ec2.createNetworkAclEntry({ acl: ACL, entry: DENY }))
    expect(failed.code).toBe('ec2.ambiguous')
    expect(failed.next).toContain('the number of the entry')
    expect(asked).toHaveLength(2)
  })

  it('is created where the second try says so: a number is taken once', async () => {
    const { ec2 } = await ec2Against(lostFirst(DONE))
    okOf(await ec2.createNetworkAclEntry({ acl: ACL, entry: DENY }))
  })

  it('is not deleted a second time: by then another could have its number', async () => {
    const { ec2, asked } = await ec2Against(lostFirst(DONE))
    const failed = failureOf(await ec2.deleteNetworkAclEntry({ acl: ACL, ...DENY }))
    expect(failed.code).toBe('ec2.ambiguous')
    expect(asked).toHaveLength(1)
  })

  it('is deleted in a later try where the first ones were throttled', async () => {
    const { ec2, asked } = await ec2Against((reply, number) =>
      number < 3
        ? awsError(reply, 503, 'RequestLimitExceeded')
        : awsReply(reply, 'DeleteNetworkAclEntry', '<return>true</return>'),
    )
    okOf(await ec2.deleteNetworkAclEntry({ acl: ACL, ...DENY }))
    expect(asked).toHaveLength(3)
  })
})

describe('whether an entry stands in an ACL', () => {
  const acl = (...entries: AclEntry[]): NetworkAcl => ({ id: ACL, entries, subnets: [], tags: {} })

  it.each<[string, AclEntry[], boolean]>([
    ['itself', [DENY], true],
    ['nothing', [], false],
    ['its number with another effect', [{ ...DENY, effect: 'allow' }], false],
    ['its number with another prefix', [{ ...DENY, prefix: prefixOf('192.0.3.0/24') }], false],
    ['its number with another protocol', [TCP], false],
    ['its number in the other direction', [{ ...DENY, direction: 'egress' }], false],
    ['its content under another number', [{ ...DENY, number: 51 }], false],
  ])('that has %s', (_, entries, stands) => {
    expect(standsIn(acl(...entries), DENY)).toBe(stands)
  })

  it('goes by the ports of TCP', () => {
    expect(standsIn(acl(TCP), TCP)).toBe(true)
    expect(standsIn(acl({ ...TCP, ports: { from: 11_211, to: 11_215 } }), TCP)).toBe(false)
  })
})

const DESCRIBED = `<networkAclSet><item><networkAclId>acl-0abc</networkAclId><vpcId>vpc-1</vpcId><default>false</default>
  <entrySet><item><ruleNumber>50</ruleNumber><protocol>6</protocol><ruleAction>deny</ruleAction><egress>false</egress>
  <cidrBlock>192.0.2.0/24</cidrBlock><portRange><from>11211</from><to>11214</to></portRange></item>
  <item><ruleNumber>32768</ruleNumber><protocol>-1</protocol><ruleAction>deny</ruleAction><egress>true</egress>
  <ipv6CidrBlock>::/0</ipv6CidrBlock></item></entrySet>
  <associationSet><item><networkAclAssociationId>aclassoc-1</networkAclAssociationId><subnetId>subnet-a1</subnetId></item>
  <item><networkAclAssociationId>aclassoc-2</networkAclAssociationId><subnetId>subnet-b1</subnetId></item></associationSet>
  <tagSet><item><key>Name</key><value>front</value></item></tagSet></item></networkAclSet>`
