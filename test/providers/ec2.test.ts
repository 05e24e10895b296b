import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ec2 } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import type { AwsServer } from './servers.js'
import { awsReply, awsServer } from './servers.js'
import { okOf, testWire } from './wire.js'

const replies = new Map<string, string>()
let server: AwsServer
let ec2: Ec2

beforeEach(async () => {
  replies.clear()
  server = await awsServer(({ action, body }, reply) => {
    awsReply(reply, action, replies.get(body.get('NextToken') ?? action) ?? '<return>true</return>')
  })
  ec2 = okOf(await createProviders(testWire({ awsUrl: server.url })).ec2())
})
afterEach(() => server.close())

const lastBody = () => Object.fromEntries(server.asked.at(-1)?.body ?? [])

describe('EC2', () => {
  it('describes instances over all pages', async () => {
    replies.set('DescribeInstances', `${reservation(item('i-1', 'running'))}<nextToken>page-2</nextToken>`)
    replies.set('page-2', reservation(item('i-2', 'pending') + item('i-3', 'terminated')))
    const filters = [{ name: 'tag:role', values: ['proxy'] }]
    const instances = okOf(await ec2.describeInstances({ filters }))
    expect(instances.map(({ id, state }) => [id, state])).toEqual([
      ['i-1', 'running'],
      ['i-2', 'pending'],
      ['i-3', 'terminated'],
    ])
    expect(lastBody()).toMatchObject({
      'Filter.1.Name': 'tag:role',
      'Filter.1.Value.1': 'proxy',
      NextToken: 'page-2',
    })
  })

  it('asks for ids without a page size, which EC2 refuses together', async () => {
    replies.set('DescribeInstances', reservation(FULL))
    expect(okOf(await ec2.describeInstances({ ids: ['i-0abc'] }))).toEqual([
      {
        id: 'i-0abc',
        state: 'running',
        stateReason: 'Client.InternalError: no key',
        privateIp: '10.0.0.1',
        publicIp: '203.0.113.1',
        subnet: 'subnet-a1',
        zone: 'us-east-1a',
        instanceType: 'c7i.large',
        launchedAt: '2026-11-23T04:12:00.000Z',
        clientToken: 'tok',
        tags: { role: 'proxy', empty: '' },
      },
    ])
    expect(lastBody()).toMatchObject({ 'InstanceId.1': 'i-0abc' })
    expect(lastBody()).not.toHaveProperty('MaxResults')
  })

  it('says in which zone a subnet lies, by both of its names', async () => {
    const place = '<availabilityZone>us-east-1b</availabilityZone>'
    const named = `<item><subnetId>subnet-b1</subnetId>${place}<availabilityZoneId>use1-az4</availabilityZoneId></item>`
    replies.set('DescribeSubnets', `<subnetSet>${named}<item><subnetId>subnet-b2</subnetId></item></subnetSet>`)
    expect(okOf(await ec2.describeSubnets(['subnet-b1', 'subnet-b2']))).toEqual([
      { id: 'subnet-b1', zone: 'us-east-1b', zoneId: 'use1-az4' },
    ])
    expect(lastBody()).toMatchObject({ 'SubnetId.1': 'subnet-b1', 'SubnetId.2': 'subnet-b2' })
  })

  it.each([
    ['lt-0123456789abcdef0', 'LaunchTemplateId'],
    ['lt-proxy', 'LaunchTemplateName'],
    ['lt-cafe', 'LaunchTemplateName'],
  ])('launches one tagged instance from %s as a %s', async (launchTemplate, key) => {
    replies.set('RunInstances', `<instancesSet>${item('i-9', 'pending')}</instancesSet>`)
    const request = { launchTemplate, subnet: 'subnet-a1', instanceType: 'c7i.large', clientToken: 'tok' }
    expect(okOf(await ec2.runInstance({ ...request, tags: { role: 'proxy' } }))).toMatchObject({ id: 'i-9' })
    expect(lastBody()).toEqual({
      Action: 'RunInstances',
      Version: '2016-11-15',
      MinCount: '1',
      MaxCount: '1',
      ClientToken: 'tok',
      [`LaunchTemplate.${key}`]: launchTemplate,
      SubnetId: 'subnet-a1',
      InstanceType: 'c7i.large',
      'TagSpecification.1.ResourceType': 'instance',
      'TagSpecification.1.Tag.1.Key': 'role',
      'TagSpecification.1.Tag.1.Value': 'proxy',
    })
  })

  it('says that it is not known whether it was done, when an answer names no instance', async () => {
    replies.set('RunInstances', '<instancesSet/>')
    const request = { launchTemplate: 'lt-proxy', subnet: 's', instanceType: 't', clientToken: 'tok', tags: {} }
    expect(await ec2.runInstance(request)).toMatchObject({ ok: false, failure: { code: 'ec2.ambiguous' } })
  })

  it('creates and deletes tags', async () => {
    okOf(await ec2.createTags(['i-1', 'i-2'], { 'firebreak:state': 'parked' }))
    expect(lastBody()).toMatchObject({
      'ResourceId.2': 'i-2',
      'Tag.1.Key': 'firebreak:state',
      'Tag.1.Value': 'parked',
    })
    okOf(await ec2.deleteTags(['i-1'], ['firebreak:state']))
    expect(lastBody()).toMatchObject({
      Action: 'DeleteTags',
      'ResourceId.1': 'i-1',
      'Tag.1.Key': 'firebreak:state',
    })
    expect(lastBody()).not.toHaveProperty('Tag.1.Value')
  })

  it('terminates instances', async () => {
    okOf(await ec2.terminateInstances(['i-1', 'i-2']))
    expect(lastBody()).toEqual({
      Action: 'TerminateInstances',
      Version: '2016-11-15',
      'InstanceId.1': 'i-1',
      'InstanceId.2': 'i-2',
    })
  })

  it('finds addresses, attached or not', async () => {
    replies.set('DescribeAddresses', `<addressesSet>${ATTACHED}${FREE}</addressesSet>`)
    expect(okOf(await ec2.describeAddresses([{ name: 'instance-id', values: ['i-1'] }]))).toEqual([
      { allocationId: 'eipalloc-1', publicIp: '203.0.113.1', associationId: 'eipassoc-1', instanceId: 'i-1' },
      { allocationId: 'eipalloc-2', publicIp: '203.0.113.2' },
    ])
  })

  it('moves an address, and says whether it may be taken from another', async () => {
    replies.set('AssociateAddress', '<return>true</return><associationId>eipassoc-2</associationId>')
    const move = { allocationId: 'eipalloc-1', instanceId: 'i-2', allowReassociation: false }
    expect(okOf(await ec2.associateAddress(move))).toEqual({ associationId: 'eipassoc-2' })
    expect(lastBody()).toMatchObject({
      AllowReassociation: 'false',
      InstanceId: 'i-2',
      AllocationId: 'eipalloc-1',
    })
  })
})

const item = (id: string, state: string): string =>
  `<item><instanceId>${id}</instanceId><instanceState><name>${state}</name></instanceState></item>`

const reservation = (instances: string): string =>
  `<reservationSet><item><instancesSet>${instances}</instancesSet></item></reservationSet>`

const FULL = `<item><instanceId>i-0abc</instanceId><instanceState><code>16</code><name>running</name></instanceState>
  <stateReason><code>Client.InternalError</code><message>Client.InternalError: no key</message></stateReason>
  <privateIpAddress>10.0.0.1</privateIpAddress><ipAddress>203.0.113.1</ipAddress><subnetId>subnet-a1</subnetId>
  <placement><availabilityZone>us-east-1a</availabilityZone></placement><instanceType>c7i.large</instanceType>
  <launchTime>2026-11-23T04:12:00.000Z</launchTime><clientToken>tok</clientToken>
  <tagSet><item><key>role</key><value>proxy</value></item><item><key>empty</key><value/></item></tagSet></item>`

const ATTACHED = `<item><allocationId>eipalloc-1</allocationId><publicIp>203.0.113.1</publicIp>
  <associationId>eipassoc-1</associationId><instanceId>i-1</instanceId></item>`
const FREE = '<item><allocationId>eipalloc-2</allocationId><publicIp>203.0.113.2</publicIp><instanceId/></item>'
