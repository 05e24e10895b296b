import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actions } from '../../src/actions/registry.js'
import { groundOf } from '../../src/commands/permissions/ground.js'
import { grant } from '../../src/commands/permissions/statements.js'
import { tagConditions } from '../../src/commands/permissions/tag-conditions.js'
import { permissionsFor } from '../../src/commands/support/needs.js'
import type { Discover, Fleet } from '../../src/fleet/fleet.js'
import { fleetOf } from '../fleet/fleets.js'

const ALL = [...new Set(Object.values(actions).flatMap(({ permissions }) => permissions))].sort()

const byTags = (tags: Record<string, string>): Discover => ({ kind: 'ec2', tags })

const fleetWith = (discover: Discover, launchTemplate = 'lt-0123456789abcdef0'): Fleet => {
  const fleet = fleetOf(discover)
  const clusters = Object.entries(fleet.clusters).map(([name, cluster]) => [
    name,
    { ...cluster, proxies: { ...cluster.proxies, launchTemplate } },
  ])
  return { ...fleet, clusters: Object.fromEntries(clusters) }
}

const TAGGED = fleetWith(byTags({ role: 'proxy' }))
/** The same, behind a network ACL. */
const behindAcl = (fleet: Fleet): Fleet => {
  const networkAcl = { id: 'acl-0abc', numbers: { from: 1, to: 99 }, quota: 20 }
  const clusters = Object.entries(fleet.clusters).map(([name, cluster]) => [name, { ...cluster, networkAcl }])
  return { ...fleet, clusters: Object.fromEntries(clusters) }
}

const granted = (permissions: readonly string[], fleet = TAGGED) =>
  grant(permissions, groundOf(fleet, 'us-east-1'))
const statementsFor = (action: string, fleet = TAGGED) =>
  granted(ALL, fleet).statements.filter(({ Action }) => Action.includes(action))

describe('the policy', () => {
  it('allows everything that actions declare, and has each Sid once, in letters and digits', () => {
    const { statements } = granted(ALL, behindAcl(TAGGED))
    for (const permission of ALL) expect(statements.flatMap(({ Action }) => Action)).toContain(permission)
    const sids = statements.map(({ Sid }) => Sid)
    expect(new Set(sids).size).toBe(sids.length)
    for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/)
  })

  it('grants a change on everything only where it says so', () => {
    for (const { Action, Resource, Condition } of granted(ALL).statements)
      if (Resource.includes('*')) {
        expect(Action.every(action => action.startsWith('ec2:Describe'))).toBe(true)
        expect(Condition).toEqual({ StringEquals: { 'aws:RequestedRegion': 'us-east-1' } })
      }
    const { statements, blanks } = granted(['ec2:RebootTheWorld'])
    expect(statements).toMatchObject([{ Action: ['ec2:RebootTheWorld'], Resource: ['*'] }])
    expect(blanks).toEqual([expect.stringContaining('ec2:RebootTheWorld')])
  })

  it('says of each blank what belongs there, and leaves no other', () => {
    for (const template of ['lt-0123456789abcdef0', 'lt-proxy']) {
      const { statements, blanks } = granted(ALL, fleetWith(byTags({ role: 'proxy' }), template))
      const left = new Set(JSON.stringify(statements).match(/FILL-IN[\w-]*/g))
      expect([...left].sort()).toEqual(blanks.map(text => text.split(':')[0]).sort())
      expect(left.has('FILL-IN-ID-OF-lt-proxy')).toBe(template === 'lt-proxy')
    }
  })

  it('terminates what is parked and of the fleet, and nothing else', () => {
    const [statement, ...others] = granted(['ec2:TerminateInstances']).statements
    expect(others).toEqual([])
    expect(statement).toMatchObject({
      Resource: ['arn:aws:ec2:us-east-1:123456789012:instance/*'],
      Condition: {
        StringEquals: { 'aws:ResourceTag/firebreak:state': 'parked', 'aws:ResourceTag/role': 'proxy' },
      },
    })
  })

  it('changes the network ACLs of the fleet only, and tags them with our own keys only', () => {
    const { statements } = granted(
      ['ec2:CreateNetworkAclEntry', 'ec2:DeleteNetworkAclEntry'],
      behindAcl(TAGGED),
    )
    expect(statements.map(({ Action }) => Action[0])).toEqual([
      'ec2:CreateNetworkAclEntry',
      'ec2:CreateTags',
      'ec2:DeleteNetworkAclEntry',
      'ec2:DeleteTags',
    ])
    for (const { Action, Resource, Condition } of statements) {
      expect(Resource).toEqual(['arn:aws:ec2:us-east-1:123456789012:network-acl/acl-0abc'])
      if (Action[0]?.endsWith('Tags'))
        expect(Condition).toEqual({ 'ForAllValues:StringLike': { 'aws:TagKeys': 'firebreak:*' } })
    }
  })

  it('tags proxies of the fleet with our own keys only, and anything at its launch', () => {
    const [existing, launch] = statementsFor('ec2:CreateTags')
    expect(existing?.Condition).toEqual({
      'ForAllValues:StringLike': { 'aws:TagKeys': 'firebreak:*' },
      StringEquals: { 'aws:ResourceTag/role': 'proxy' },
    })
    expect(launch?.Condition).toEqual({ StringEquals: { 'ec2:CreateAction': 'RunInstances' } })
  })

  it('launches from the template of the fleet, in its subnets, of its types, with the tags that it is found by', () => {
    const statements = statementsFor('ec2:RunInstances')
    const types = statements.flatMap(({ Resource }) => Resource.map(arn => arn.split(':')[5]?.split('/')[0]))
    expect(types.sort()).toEqual([
      'image',
      'instance',
      'key-pair',
      'launch-template',
      'network-interface',
      'security-group',
      'snapshot',
      'subnet',
      'volume',
    ])
    const template = 'arn:aws:ec2:us-east-1:123456789012:launch-template/lt-0123456789abcdef0'
    expect(statements.flatMap(({ Resource }) => Resource)).toContain(template)
    expect(statements.at(-1)?.Condition).toEqual({
      ArnEquals: { 'ec2:LaunchTemplate': template },
      StringEquals: { 'ec2:InstanceType': 'c7i.large', 'aws:RequestTag/role': 'proxy' },
    })
  })

  it('grants nothing on instances that no tag tells from others, and says so', () => {
    const listed = fleetWith({ kind: 'static', targets: [{ id: 'i-1', private_ip: '10.0.0.1' }] })
    expect(statementsFor('ec2:CreateTags', listed).map(({ Sid }) => Sid)).toEqual(['TagAtLaunch'])
    expect(granted(ALL, listed).blanks.at(-1)).toMatch(/^us-east-c1: .*by name/)
  })

  it.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('names what is in %s by the partition %s', (region, partition) => {
    const text = JSON.stringify(grant(ALL, groundOf(TAGGED, region)).statements)
    expect(new Set(text.match(/arn:[^:]+:/g))).toEqual(new Set([`arn:${partition}:`]))
  })
})

describe('what runbooks need', () => {
  const used = (...names: string[]) => ({ actions: new Set(names), checks: new Set(['proxy.connections']) })

  it('is what their actions declare, and the look-up that everything begins with', () => {
    expect(permissionsFor(used(...Object.keys(actions)), TAGGED)).toEqual(ALL)
    expect(permissionsFor(used('proxy.replace'), TAGGED)).toEqual(
      [...(actions['proxy.replace']?.permissions ?? [])].sort(),
    )
    expect(permissionsFor(used('proxy.drain'), TAGGED)).toEqual(['ec2:DescribeInstances'])
  })

  it('is nothing where nothing is of EC2', () => {
    const listed = fleetWith({ kind: 'static', targets: [{ id: 'p1' }] })
    expect(permissionsFor(used('proxy.drain'), listed)).toEqual([])
  })
})

describe('conditions on tags', () => {
  const sets = fc.array(
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', '3'), { minKeys: 1 }),
    {
      maxLength: 8,
    },
  )
  const text = (tags: Record<string, string>) => JSON.stringify(Object.entries(tags).sort())

  /** Every set of tags that a condition admits: one value of each key. */
  const admitted = (condition: { readonly [key: string]: readonly string[] }): string[] =>
    Object.entries(condition)
      .reduce<Record<string, string>[]>(
        (all, [key, values]) => all.flatMap(tags => values.map(value => ({ ...tags, [key]: value }))),
        [{}],
      )
      .map(text)

  it('admit the sets they were made of, and no other combination', () => {
    void fc.assert(
      fc.property(sets, given => {
        const all = tagConditions(given).flatMap(admitted)
        expect(new Set(all)).toEqual(new Set(given.map(text)))
      }),
    )
  })

  it('take clusters together that differ in one key', () => {
    expect(
      tagConditions([
        { role: 'proxy', cluster: 'c1' },
        { role: 'proxy', cluster: 'c2' },
        { role: 'edge', cluster: 'c3' },
      ]),
    ).toEqual([
      { cluster: ['c1', 'c2'], role: ['proxy'] },
      { cluster: ['c3'], role: ['edge'] },
    ])
  })
})
