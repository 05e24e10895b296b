import { describe, expect, it } from 'vitest'
import { standingIn, tagKey } from '../../src/actions/ip-filter/acl-tag.js'
import { FILTER_OPS } from '../../src/actions/ip-filter/ops/ops.js'
import { behaviour } from '../../src/actions/ip-filter-apply/behaviour.js'
import { behaviour as removing } from '../../src/actions/ip-filter-remove/behaviour.js'
import type { JsonObject } from '../../src/domain/json.js'
import { fail, ok } from '../../src/domain/result.js'
import type { StandingFilter } from '../../src/fleet/filters/filter.js'
import { failureOf, okOf } from '../engine/results.js'
import { ACL, applyInput, CLUSTER, type Gate, handsFor, LIST, lookFor, newGate } from './filters.js'
import { applying } from './runtime-apis.js'

const SCOPE = { protocol: 'tcp', ports: { from: 11_211, to: 11_211 } }
const AT_P1 = { by: 'deny_list', proxy: 'p1', admin: 'tcp://10.0.0.1:9999', list: LIST }
const denial = (prefixes: readonly string[], more: JsonObject = {}): JsonObject => ({
  ...{ filter: 'f-1', cluster: CLUSTER, place: AT_P1, scope: SCOPE, prefixes: [...prefixes] },
  ...more,
})
const TWO = ['203.0.113.0/30', '203.0.113.4/31']
const deny = (gate: Gate, args = denial(TWO), incident?: string) =>
  FILTER_OPS.deny.effect({ ...args, ttl: 60_000 }, 't', handsFor(gate, incident))
const allow = (gate: Gate, args = denial(TWO), incident?: string) =>
  FILTER_OPS.allow.effect(args, 't', handsFor(gate, incident))
const TIMEOUT = fail('target.timeout', 'no answer came', 'look')
const REFUSED = fail('target.rejected', 'it says no', 'look')

describe('to deny', () => {
  it('is in the register before it is anywhere else, with when it ends', async () => {
    const gate = newGate()
    const seen: number[] = []
    gate.lists.get('p1')!.push = (...entries) => {
      seen.push(gate.standing.length)
      return Array.prototype.push.apply(gate.lists.get('p1'), entries)
    }
    const now = gate.clock.now()
    okOf(await deny(gate))
    expect(seen).toEqual([1, 1])
    expect(gate.standing).toMatchObject([
      { filter: 'f-1', incident: 'i-test', until: now + 60_000, prefixes: TWO },
    ])
  })

  it('that fails halfway takes away what it has put up, and leaves no record', async () => {
    const gate = newGate()
    gate.failing.set('p1 deny 203.0.113.4/31', REFUSED)
    expect(failureOf(await deny(gate))).toMatchObject({ code: 'target.rejected' })
    expect(gate.lists.get('p1')).toEqual([])
    expect(gate.standing).toEqual([])
  })

  it('of which nobody knows what became stays in the register', async () => {
    const gate = newGate()
    gate.failing.set('p1 deny 203.0.113.0/30', TIMEOUT)
    expect(failureOf(await deny(gate)).code).toBe('target.timeout')
    expect(gate.standing).toHaveLength(1)
  })

  it('of which what it has put up cannot be taken away again is in doubt, and says what may stand', async () => {
    const gate = newGate()
    gate.failing.set('p1 deny 203.0.113.4/31', REFUSED)
    gate.failing.set('p1 allow 203.0.113.0/30', REFUSED)
    expect(failureOf(await deny(gate))).toMatchObject({
      code: 'target.timeout',
      message: expect.stringContaining('203.0.113.0/30'),
    })
    expect(gate.standing).toHaveLength(1)
  })

  it('owns nothing of what somebody else has put there between', async () => {
    const gate = newGate()
    gate.lists.get('p1')!.push('203.0.113.0/30')
    expect(okOf(await deny(gate))).toMatchObject({ denied: ['203.0.113.4/31'] })
    expect(gate.standing).toMatchObject([{ prefixes: ['203.0.113.4/31'] }])
    const undo = FILTER_OPS.deny.undo as Exclude<typeof FILTER_OPS.deny.undo, string>
    expect(undo({ ...denial(TWO), ttl: 1 }, { denied: ['203.0.113.4/31'], until: 1 })).toMatchObject([
      { kind: 'allow', target: 'p1', args: { prefixes: ['203.0.113.4/31'] } },
    ])
  })

  it('is found by what stands there', async () => {
    const gate = newGate()
    const probe = () => FILTER_OPS.deny.probe({ ...denial(TWO), ttl: 1_000 }, 't', handsFor(gate))
    expect(await probe()).toMatchObject({ state: 'not-done' })
    gate.lists.get('p1')!.push('203.0.113.0/30')
    expect(await probe()).toMatchObject({
      state: 'done',
      result: { denied: ['203.0.113.0/30'] },
      evidence: 'p1 has 1 of 2',
    })
    gate.failing.set('p1', TIMEOUT)
    expect(await probe()).toMatchObject({ state: 'unknown' })
  })
})

describe('to allow again', () => {
  it('takes away exactly what was put up, and its record', async () => {
    const gate = newGate()
    gate.lists.get('p1')!.push('192.0.2.0/24')
    okOf(await deny(gate))
    okOf(await allow(gate))
    expect(gate.lists.get('p1')).toEqual(['192.0.2.0/24'])
    expect(gate.standing).toEqual([])
  })

  it('leaves what another incident wants to stand there, until that one lets go too', async () => {
    const gate = newGate()
    okOf(await deny(gate, denial(TWO), 'i-one'))
    okOf(await deny(gate, denial(['203.0.113.0/30'], { filter: 'f-2' }), 'i-two'))
    expect(okOf(await allow(gate, denial(TWO), 'i-one'))).toMatchObject({ allowed: ['203.0.113.4/31'] })
    expect(gate.lists.get('p1')).toEqual(['203.0.113.0/30'])
    okOf(await allow(gate, denial(['203.0.113.0/30'], { filter: 'f-2' }), 'i-two'))
    expect(gate.lists.get('p1')).toEqual([])
  })

  it('leaves in a list what another filter wants there for other ports: a list is for all of them', async () => {
    const gate = newGate()
    const scope = { protocol: 'tcp', ports: { from: 11_211, to: 11_212 } }
    okOf(await deny(gate, denial(TWO), 'i-one'))
    okOf(await deny(gate, denial(TWO, { filter: 'f-2', scope }), 'i-two'))
    okOf(await allow(gate, denial(TWO), 'i-one'))
    expect(gate.lists.get('p1')).toEqual(TWO)
  })

  it('is done where it is gone already, and never fails for that', async () => {
    const gate = newGate()
    okOf(await allow(gate))
    expect(await FILTER_OPS.allow.probe(denial(TWO), 't', handsFor(gate))).toMatchObject({ state: 'done' })
  })
})

describe('an entry of a network ACL', () => {
  const at = (number: number) => ({ place: { by: 'network_acl', acl: ACL, region: 'us-east-1', number } })
  const ONE = ['203.0.113.0/30']

  it('has a tag on the ACL that says all there is to know of it', async () => {
    const gate = newGate()
    const until = gate.clock.now() + 60_000
    okOf(await deny(gate, denial(ONE, at(7))))
    expect(standingIn(gate.acl, 'us-east-1')).toEqual([{ ...denial(ONE, at(7)), incident: 'i-test', until }])
    for (const [key, value] of Object.entries(gate.acl.tags)) {
      expect(key.length).toBeLessThanOrEqual(128)
      expect(value).toMatch(/^[\w\s+=.:/@-]{1,256}$/) // what EC2 takes
    }
  })

  it('whose tag cannot be set stands all the same, and that is told', async () => {
    const gate = newGate()
    gate.failing.set(`tag ${tagKey(7)}`, REFUSED)
    expect(okOf(await deny(gate, denial(ONE, at(7))))).toMatchObject({ told: expect.stringContaining('tag') })
  })

  it('is not put where somebody else has come meanwhile; theirs is left alone', async () => {
    const gate = newGate()
    okOf(await deny(gate, denial(['192.0.2.0/24'], at(7)), 'i-other'))
    const before = gate.acl
    expect(failureOf(await deny(gate, denial(ONE, at(7))))).toMatchObject({ code: 'ec2.exists' })
    expect(gate.acl).toEqual(before)
    expect(gate.standing.map(({ incident }) => incident)).toEqual(['i-other'])
  })

  it('that another machine has put there in the same moment keeps the tag of that one', async () => {
    const gate = newGate()
    okOf(await deny(gate, denial(ONE, at(7)), 'i-elsewhere'))
    gate.standing.length = 0 // its register is on that machine
    const { tags } = gate.acl
    expect(okOf(await deny(gate, denial(ONE, at(7))))).toMatchObject({ denied: [] })
    expect(gate.acl.tags).toEqual(tags)
    expect(gate.standing).toEqual([])
  })

  it('that a filter of ours has put there gets the new time in its tag', async () => {
    const gate = newGate()
    okOf(await deny(gate, denial(ONE, at(7))))
    await gate.clock.sleep(30_000)
    okOf(await deny(gate, denial(ONE, at(7))))
    expect(standingIn(gate.acl, 'us-east-1')[0]?.until).toBe(gate.clock.now() + 60_000)
  })

  it('that EC2 may have made is looked for, and never made twice', async () => {
    const gate = newGate()
    gate.failing.set('acl create 7', fail('ec2.ambiguous', 'the line was cut', 'look'))
    gate.doneAnyway.add('acl create 7')
    expect(okOf(await deny(gate, denial(ONE, at(7))))).toMatchObject({ denied: ONE })
    expect(gate.sent.filter(one => one.startsWith('acl create'))).toHaveLength(1)
  })

  it('is removed with its tag; what else stands at its number is not', async () => {
    const gate = newGate()
    okOf(await deny(gate, denial(ONE, at(7))))
    okOf(await allow(gate, denial(ONE, at(7))))
    expect(gate.acl).toEqual(newGate().acl)
    okOf(await deny(gate, denial(['192.0.2.0/24'], at(7)), 'i-other'))
    okOf(await allow(gate, denial(ONE, at(7))))
    expect(gate.acl.entries.map(({ prefix }) => prefix)).toContain('192.0.2.0/24')
  })
})

describe('nftables', () => {
  it('gets the whole time, in whole seconds, and lets go of exactly what it got', async () => {
    const gate = newGate()
    const there = { place: { by: 'nftables', proxy: 'p1', host: 'ssh://root@10.0.0.1:22' } }
    okOf(await deny(gate, denial(TWO, there)))
    expect(gate.sent).toEqual([`p1 nft deny ${TWO.join()} 60s`])
    okOf(await allow(gate, denial(TWO, there)))
    expect(gate.hosts.get('p1')).toEqual([])
  })
})

describe('a filter', () => {
  const apply = async (gate: Gate, written: object = {}) =>
    applying(behaviour, okOf(await behaviour.plan(applyInput(written), lookFor(gate))), handsFor(gate))

  it('stands at every proxy, is read back, and is one filter', async () => {
    const gate = newGate()
    const { result, ops, batches } = await apply(gate)
    const { output } = okOf(result)
    expect(output).toMatchObject({ places: ['p1', 'p2'], ended: 0 })
    expect(gate.lists.get('p1')).toEqual(output.blocked)
    expect(new Set(gate.standing.map(({ filter }) => filter))).toEqual(new Set([output.filter]))
    expect(ops.map(one => one.split(' ')[0])).toEqual(['deny', 'deny', 'look-back', 'look-back'])
    expect(batches).toEqual([2, 2, 0])
  })

  it('of which one place has a part only, since a process was killed there, is completed by an op of its own', async () => {
    const gate = newGate()
    const made = okOf(await behaviour.plan(applyInput({}), lookFor(gate)))
    const hands = handsFor(gate)
    const whole = made.changes.find(({ resource }) => resource === 'p1')?.after?.addresses as string[]
    const [part = ''] = whole
    gate.lists.get('p1')!.push(part)
    const ops = { ...behaviour.ops }
    const found = ok({ denied: [part], until: 1 }) // as the look at it would say
    const deny = ops.deny!
    const first: typeof deny.effect = async (args, token, given) => {
      const isFirst = args.prefixes === undefined || (args.prefixes as string[]).length === whole.length
      if ((args.place as { proxy: string }).proxy !== 'p1' || !isFirst) return deny.effect(args, token, given)
      given.filters.write({ ...(args as never as StandingFilter), incident: given.incident, until: 1 })
      return found
    }
    const { result, ops: names } = await applying(
      { ...behaviour, ops: { ...ops, deny: { ...deny, effect: first } } },
      made,
      hands,
    )
    expect(okOf(result).failure).toBeUndefined()
    expect(names.filter(name => name.includes('rest of'))).toHaveLength(1)
    expect(gate.lists.get('p1')).toEqual(whole)
    expect(
      gate.standing.find(({ place }) => place.by === 'deny_list' && place.proxy === 'p1')?.prefixes.toSorted(),
    ).toEqual(whole.toSorted())
  })

  it('ends connections of whom it denies, and of nobody else', async () => {
    const gate = newGate()
    gate.clients = { '203.0.113.1': 3, '203.0.113.7': 2, '192.0.2.1': 2 }
    expect(okOf((await apply(gate, { reset: true })).result).output.ended).toBe(3)
    expect(new Set(gate.shut)).toEqual(new Set(['203.0.113.1']))
  })

  it('that one proxy refuses stands at the others, and says so', async () => {
    const gate = newGate()
    gate.failing.set('p2 deny 203.0.113.0/30', REFUSED)
    const applied = okOf((await apply(gate)).result)
    expect(applied.failure?.message).toContain('it stands at 1 of 2 places')
    expect(applied.output.places).toEqual(['p1'])
  })

  it('whose customer is turned away by an entry of somebody else says so, and by which', async () => {
    const gate = newGate()
    const made = okOf(await behaviour.plan(applyInput({}), lookFor(gate)))
    gate.lists.get('p2')!.push('203.0.113.6/31')
    const applied = okOf((await applying(behaviour, made, handsFor(gate))).result)
    expect(applied.failure?.message).toMatch(
      /at p2, where 203\.0\.113\.7\/32.*turned away by 203\.0\.113\.6\/31/,
    )
  })

  it('is taken away by its name, at every place, with nothing looked at but the register', async () => {
    const gate = newGate()
    const { filter } = okOf((await apply(gate)).result).output
    const made = okOf(await removing.plan({ filters: [String(filter)] }, lookFor(gate)))
    expect(made.locks).toEqual([])
    gate.allowlist = fail('allowlist.unusable', 'it is gone', 'bring it back')
    okOf((await applying(removing, made, handsFor(gate, 'i-later'))).result)
    expect([...gate.lists.values()]).toEqual([[], []])
    expect(gate.standing).toEqual([])
  })

  it('that one proxy does not give back is taken away at the others, and the rest is named', async () => {
    const gate = newGate()
    const { filter } = okOf((await apply(gate)).result).output
    const made = okOf(await removing.plan({ filters: [String(filter)] }, lookFor(gate)))
    gate.failing.set('p1', TIMEOUT)
    const applied = okOf((await applying(removing, made, handsFor(gate))).result)
    expect(applied.failure?.message).toContain('still stands at p1')
    expect(gate.lists.get('p2')).toEqual([])
    expect(gate.standing.map(({ place }) => place)).toMatchObject([{ proxy: 'p1' }])
  })

  it('that does not stand is not taken away, and what stands is said where', async () => {
    expect(failureOf(await removing.plan({ filters: ['f-none'] }, lookFor(newGate())))).toMatchObject({
      code: 'plan.nothing-to-do',
      next: expect.stringContaining('firebreak expire --list'),
    })
  })
})
