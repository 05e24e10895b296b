import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tagFor, tagKey } from '../../src/actions/ip-filter/acl-tag.js'
import { behaviour } from '../../src/actions/ip-filter-apply/behaviour.js'
import type { PlanDraft } from '../../src/domain/plan.js'
import { fail } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { read } from '../fuzz/filter-trial.js'
import { ACL, allowing, applyInput, CLUSTER, type Gate, LIST, lookFor, newGate } from './filters.js'

const planned = (gate: Gate, written: object = {}) => behaviour.plan(applyInput(written), lookFor(gate))
const plan = async (gate: Gate, written: object = {}) => okOf(await planned(gate, written))
const refusal = async (gate: Gate, written: object = {}) => failureOf(await planned(gate, written))
const deniedBy = ({ changes }: PlanDraft, resource: string) =>
  changes.find(one => one.resource === resource)?.after?.addresses

describe('who is blocked', () => {
  it('is everybody who was named but those who must stay reachable, to the address', async () => {
    const gate = newGate()
    gate.allowlist = allowing({ '203.0.113.2': 'Acme', '203.0.113.4/31': 'Beta' })
    const made = await plan(gate)
    const left = ['203.0.113.0/31', '203.0.113.3/32', '203.0.113.6/31']
    expect(deniedBy(made, 'p1')).toEqual(left)
    expect(deniedBy(made, 'p2')).toEqual(left)
    expect(made.warnings).toContain('left out, and never blocked: 203.0.113.2/32, Acme (customers.txt:1)')
    expect(made.predicted.kept).toEqual(['203.0.113.2/32', '203.0.113.4/31'])
  })

  it.each([
    ['the operator, by SSH_CONNECTION', { standpoint: { operator: '203.0.113.1', here: [] } }, {}],
    ['the operator, as written', {}, { operator: '203.0.113.1' }],
    ['this machine', { standpoint: { operator: '192.0.2.1', here: ['203.0.113.1'] } }, {}],
  ])('is never %s', async (_who, given, written) => {
    const gate = Object.assign(newGate(), given)
    expect(deniedBy(await plan(gate, { addresses: ['203.0.113.0/31'], ...written }), 'p1')).toEqual([
      '203.0.113.0/32',
    ])
  })

  it('is never the fleet itself, nor who looks after its health', async () => {
    const gate = newGate()
    expect(deniedBy(await plan(gate, { addresses: ['10.0.0.0/30'] }), 'p1')).toEqual([
      '10.0.0.0/32',
      '10.0.0.3/32',
    ])
    const { proxies } = lookFor(gate).fleet.clusters[CLUSTER]!
    gate.cluster = { proxies: { ...proxies, healthCheckers: [read('10.0.0.3')] } }
    expect(deniedBy(await plan(gate, { addresses: ['10.0.0.0/30'] }), 'p1')).toEqual(['10.0.0.0/32'])
  })

  it('is nobody where an address around all of them is allowed', async () => {
    const gate = newGate()
    gate.allowlist = allowing({ '203.0.112.0/20': 'Acme' })
    expect(await refusal(gate)).toMatchObject({
      code: 'plan.nothing-to-do',
      message: expect.stringContaining('Acme'),
    })
  })

  it('is not who came on a calm day, unless that is asked for, with a typed word', async () => {
    const gate = newGate()
    gate.known = ['203.0.113.1']
    const kept = await plan(gate, { addresses: ['203.0.113.0/31'] })
    expect(deniedBy(kept, 'p1')).toEqual(['203.0.113.0/32'])
    expect(kept.atLeast?.level).toBe('operator')
    const all = await plan(gate, { addresses: ['203.0.113.0/31'], known: 'block' })
    expect(deniedBy(all, 'p1')).toEqual(['203.0.113.0/31'])
    expect(all.atLeast).toMatchObject({ level: 'typed', reason: expect.stringContaining('calm day') })
  })

  it('is never a customer who came on a calm day, and nobody is told that `known: block` would', async () => {
    const gate = newGate()
    gate.known = ['203.0.113.1', '203.0.113.2']
    gate.allowlist = allowing({ '203.0.113.1': 'Acme' })
    const made = await plan(gate, { addresses: ['203.0.113.0/30'] })
    expect(made.predicted.kept).toEqual(['203.0.113.1/32', '203.0.113.2/32'])
    const [, told] = made.warnings
    expect(told).toMatch(/^left out, because they came on a calm day: 203\.0\.113\.2\/32; `known: block`/)
  })

  it('is exactly the difference, whatever the lists are', async () => {
    const octet = fc.nat(31)
    const written = fc
      .tuple(octet, fc.integer({ min: 26, max: 32 }))
      .map(([n, length]) => `203.0.113.${n}/${length}`)
    const lists = fc.tuple(
      fc.array(written, { minLength: 1, maxLength: 5 }),
      fc.array(written, { minLength: 1, maxLength: 8 }),
    )
    await fc.assert(
      fc.asyncProperty(lists, async ([candidates, kept]) => {
        const gate = newGate()
        gate.allowlist = allowing(Object.fromEntries(kept.map(text => [text, 'customer'])))
        const made = await planned(gate, { addresses: candidates })
        const all = Array.from({ length: 256 }, (_, n) => n)
        const meant = all.filter(
          n => candidates.some(text => within(text, n)) && !kept.some(text => within(text, n)),
        )
        const denied = made.ok ? (deniedBy(made.value, 'p1') as string[]) : []
        expect(all.filter(n => denied.some(text => within(text, n)))).toEqual(meant)
      }),
      { numRuns: 200 },
    )
  })
})

/** Whether the last octet is in such a prefix of 203.0.113.0/24: an oracle that knows nothing of the code's own. */
const within = (text: string, n: number): boolean => {
  const [, octet = '', length = '32'] = /^203\.0\.113\.(\d+)\/(\d+)$/.exec(text) ?? []
  const size = 2 ** (32 - Number(length))
  return Math.floor(Number(octet) / size) === Math.floor(n / size)
}

describe('an allowlist', () => {
  it('that cannot be relied on refuses, with its line, where there is no copy of it', async () => {
    const gate = newGate()
    gate.allowlist = fail('allowlist.unusable', 'customers.txt:3: "acme" is no address', 'write one')
    expect(await refusal(gate)).toMatchObject({
      code: 'allowlist.unusable',
      message: expect.stringContaining(':3'),
    })
  })

  it('that cannot be relied on is gone by in its last good copy only with a typed word', async () => {
    const gate = newGate()
    const standing = okOf(allowing({ '203.0.113.2': 'Acme' }))
    const { failure } = fail('allowlist.unusable', 'customers.txt:3: "acme" is no address.', 'Write one.')
    gate.allowlist = {
      ok: true,
      value: { ...standing, instead: { failure, keptAt: gate.clock.now() - 7_200_000 } },
    }
    const made = await plan(gate)
    expect(made.atLeast).toMatchObject({
      level: 'typed',
      reason: expect.stringMatching(/:3.*last good copy, 2h old/),
    })
    expect(deniedBy(made, 'p1')).not.toContain('203.0.113.2/32')
  })

  it('that nobody has changed for long is said with its age and its commit', async () => {
    const gate = newGate()
    const standing = okOf(gate.allowlist)
    gate.allowlist = {
      ok: true,
      value: { ...standing, stale: [{ file: 'customers.txt', age: 9 * 86_400_000, commit: 'abc123' }] },
    }
    expect((await plan(gate)).warnings.join('\n')).toMatch(
      /customers\.txt was not changed for 216h \(commit abc123\)/,
    )
  })

  it('binds the plan: with another one it is another plan', async () => {
    const gate = newGate()
    expect((await plan(gate)).allowlist).toBe('203.0.113.7')
  })

  it('that has come to hold somebody who is blocked already is told of in every later plan', async () => {
    const gate = newGate()
    gate.allowlist = allowing({ '192.0.2.7': 'Gamma' })
    gate.standing.push({
      ...{ filter: 'f-old', incident: 'i-other', cluster: CLUSTER, until: gate.clock.now() + 1 },
      place: { by: 'deny_list', proxy: 'p1', admin: 'tcp://10.0.0.1:9999', list: LIST },
      scope: { protocol: 'tcp', ports: { from: 11_211, to: 11_211 } },
      prefixes: [read('192.0.2.0/24')],
    })
    expect((await plan(gate)).warnings.join('\n')).toMatch(
      /f-old.*192\.0\.2\.7\/32 \(Gamma\).*ip-filter\.remove/,
    )
  })
})

describe('a plan to block', () => {
  it.each([
    ['everybody', { addresses: ['0.0.0.0/0'] }, 'everybody'],
    ['everybody over IPv6', { addresses: ['::/0'] }, 'everybody'],
    ['more than the guardrail lets', { addresses: ['203.0.0.0/16'] }, 'filter.widest.ipv4'],
    ['for longer than the guardrail lets', { ttl: '5h' }, 'filter.max_ttl is 4h'],
  ])('is refused for %s', async (_what, written, words) => {
    expect(await refusal(newGate(), written)).toMatchObject({
      code: 'guardrail.refused',
      message: expect.stringContaining(words),
    })
  })

  it('is refused where nobody knows from where the operator comes', async () => {
    const gate = newGate()
    gate.standpoint = { here: [] }
    expect(await refusal(gate)).toMatchObject({
      code: 'input.missing',
      next: expect.stringContaining('`operator`'),
    })
  })

  it('stands for half an hour where the fleet file says so and nobody else does', async () => {
    const [change] = (await plan(newGate())).changes
    expect(change).toMatchObject({ verb: 'deny', resource: 'p1', after: { on: 'tcp 11211', for: '30m' } })
  })

  it('counts who is connected by who they are, and what share of all would go', async () => {
    const gate = newGate()
    gate.known = ['203.0.113.1']
    gate.clients = { '203.0.113.7': 10, '203.0.113.1': 5, '203.0.113.3': 85, '192.0.2.1': 100 }
    const { facts } = await plan(gate)
    expect(facts.map(({ value }) => value)).toEqual([100, 10, 5, 85, 43, 85]) // 85 of 200 are 42.5 %
  })

  it('says that a filter is the wrong tool where nobody in particular is behind a rise', async () => {
    const gate = newGate()
    gate.clients = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`10.9.${n}.1`, 5]))
    expect((await plan(gate)).warnings.join('\n')).toContain('a filter is the wrong tool')
  })

  it('asks for a typed word where no proxy says who is connected', async () => {
    const gate = newGate()
    for (const id of ['p1', 'p2']) gate.failing.set(id, fail('target.timeout', 'no answer', 'look'))
    expect(await refusal(gate)).toMatchObject({ code: 'plan.impossible' })
    expect((await plan(gate, { by: 'network_acl' })).atLeast?.level).toBe('typed')
  })

  it('leaves out a proxy that does not answer, and says so', async () => {
    const gate = newGate()
    gate.failing.set('p2', fail('target.timeout', 'no answer', 'look'))
    const made = await plan(gate)
    expect(made.changes.map(({ resource }) => resource)).toEqual(['p1'])
    expect(made.warnings.join('\n')).toContain('not put up at p2')
  })

  it('is irreversible where connections are ended, and only then', async () => {
    expect((await plan(newGate())).blast.irreversible).toBe(false)
    const made = await plan(newGate(), { reset: true })
    expect(made.blast.irreversible).toBe(true)
    expect(
      made.changes.filter(({ verb }) => verb === 'end-connections').map(({ resource }) => resource),
    ).toEqual(['p1', 'p2'])
  })

  it('leaves alone what somebody else has put into the list', async () => {
    const gate = newGate()
    gate.lists.get('p1')?.push('203.0.113.0/30')
    const made = await plan(gate)
    expect(deniedBy(made, 'p1')).toEqual(['203.0.113.4/31', '203.0.113.6/32'])
    expect(made.warnings.join('\n')).toContain('p1 denies it already, and not by us: 203.0.113.0/30')
  })

  it('cannot close some frontends only by a list that all of them reject by', async () => {
    const message = expect.stringContaining('11211')
    expect(await refusal(newGate(), { ports: 9_999 })).toMatchObject({ code: 'plan.impossible', message })
    expect(await refusal(newGate(), { protocol: 'udp' })).toMatchObject({ code: 'plan.impossible' })
  })
})

describe('a network ACL', () => {
  const by = { by: 'network_acl' }

  it('gets entries at free numbers of ours, before its first allow', async () => {
    const gate = newGate()
    const theirs = { number: 2, direction: 'ingress', effect: 'deny', protocol: '-1' } as const
    gate.acl = { ...gate.acl, entries: [...gate.acl.entries, { ...theirs, prefix: read('192.0.2.0/24') }] }
    const { changes, locks, warnings } = await plan(gate, by)
    expect(changes.map(({ resource, after }) => [resource, after?.addresses])).toEqual([
      [`${ACL}/1`, ['203.0.113.0/30']],
      [`${ACL}/3`, ['203.0.113.4/31']],
      [`${ACL}/4`, ['203.0.113.6/32']],
    ])
    expect(locks).toEqual([`acl:${ACL}`])
    expect(warnings.join('\n')).toContain('subnet-a1')
  })

  it.each([
    ['an incident of this state folder begins anew where it stands', true, 1],
    ['one of another machine is left to it, and stands once more', false, 2],
  ])('in which the same was put up by %s', async (_whose, isKnown, number) => {
    const gate = newGate()
    const scope = { protocol: 'tcp', ports: { from: 11_211, to: 11_211 } } as const
    const place = { by: 'network_acl', acl: ACL, region: 'us-east-1', number: 1 } as const
    const prefix = read('203.0.113.1')
    const standing = {
      filter: 'f-1',
      incident: 'i-1',
      cluster: CLUSTER,
      place,
      scope,
      prefixes: [prefix],
      until: 9e9,
    }
    const entry = { number: 1, direction: 'ingress', effect: 'deny', protocol: '6', prefix } as const
    gate.acl = {
      ...gate.acl,
      entries: [...gate.acl.entries, { ...entry, ports: scope.ports }],
      tags: { [tagKey(1)]: tagFor(standing) },
    }
    if (isKnown) gate.standing.push(standing)
    const { changes } = await plan(gate, { ...by, addresses: ['203.0.113.1'] })
    expect(changes.map(({ resource }) => resource)).toEqual([`${ACL}/${number}`])
  })

  it('that has no room for so many says so, and what else there is', async () => {
    const gate = newGate()
    gate.allowlist = allowing(
      Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`203.0.113.${n * 2}`, 'x'])),
    )
    const failure = await refusal(gate, { ...by, addresses: ['203.0.113.0/24'] })
    expect(failure.message).toMatch(/entries of ipv4, and acl-0abc has room for 18/)
    expect(failure.next).toContain('deny_list')
  })

  it('whose first allow comes before our numbers has no place for us', async () => {
    const gate = newGate()
    const allow = { number: 1, direction: 'ingress', effect: 'allow', protocol: '-1' } as const
    gate.acl = { ...gate.acl, entries: [{ ...allow, prefix: read('10.0.0.0/8') }, ...gate.acl.entries] }
    expect((await refusal(gate, by)).message).toContain('0 free numbers')
  })
})
