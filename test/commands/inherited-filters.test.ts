// Proxies that are launched while a filter stands, as whole drills: what their `show acl` has, and since when.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { EventData } from '../../src/domain/event.js'
import { type Answer, type Question, VERB } from '../../src/domain/question.js'
import { deniedAt } from '../../src/drill/world/deny-list.js'
import { holderAt } from '../../src/drill/world/instances.js'
import type { World, WorldInstance } from '../../src/drill/world/world.js'
import { fileFilterRegister } from '../../src/fleet/filters/register.js'
import type { Entry } from '../../src/journal/contract.js'
import { agreeing, type Operator, playDrill } from './played.js'

/** Fleet, runbooks and scenarios that crashes are tried on. */
const RUNBOOKS = fileURLToPath(new URL('../torture/runbooks', import.meta.url))
const BLOCKED = '2001:db8:9::/48' // of which no client of a drill is

/** The same fleet with a list of denied addresses and an allowlist, and a story that blocks somebody first. */
const withFilter = (steps: string): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-inherited-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  cpSync(RUNBOOKS, dir, { recursive: true })
  const fleet = readFileSync(path.join(dir, 'fleet.yaml'), 'utf8')
    .replace('min_healthy: 3', 'min_healthy: 3\n      deny_list: /etc/haproxy/deny.acl')
    .replace(
      'guardrails:\n',
      'allowlist: { files: [customers.txt], max_age: 7d }\nguardrails:\n  filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m }\n',
    )
  writeFileSync(path.join(dir, 'fleet.yaml'), fleet)
  writeFileSync(path.join(dir, 'customers.txt'), '198.51.100.0/24 ACME\n')
  writeFileSync(path.join(dir, 'inherited.yaml'), `${STORY}${steps}${END}`)
  writeFileSync(path.join(dir, 'drills', 'inherited.yaml'), SCENARIO)
  return dir
}

const STORY = `runbook: inherited
title: Somebody is blocked, and proxies are launched
steps:
  - id: look
    check: proxy.connections
    with: { cluster: us-east-c1 }
    on_failure: continue
  - id: block
    action: ip-filter.apply
    with: { cluster: us-east-c1, addresses: ['${BLOCKED}'], ports: 11211-11214, protocol: tcp, ttl: 30m }
`
const END = `  - id: keep
    ask: Keep the new ones?
    choices:
      yes: { label: Yes, recommended: true, goto: over }
      again: { label: Look again, goto: look }
  - id: over
    end: mitigated
`
const SCENARIO = `scenario: inherited
title: Somebody is blocked, and proxies are launched
runbook: inherited
clusters:
  us-east-c1: { proxies: 6, shards: 4, connections: 400, limit: 4000 }
faults: []
`
const WAITED = '  - { id: pause, wait: 10m }\n'
const REPLACED = `  - id: replace
    action: proxy.replace
    with: { proxies: ["\${{ steps.look.proxies[0].id }}"] }
`

const play = (steps: string, operator: Operator) =>
  playDrill({ operator, scenario: 'inherited', runbooks: withFilter(steps) })

const launchedIn = ({ instances }: World): readonly WorldInstance[] =>
  Object.values(instances).filter(({ tags }) => Object.hasOwn(tags, 'firebreak:op'))
const denies = (instance: WorldInstance): boolean =>
  deniedAt(instance, Number.POSITIVE_INFINITY).includes(BLOCKED)
const stateOf = ({ tags }: WorldInstance): string | undefined => tags['firebreak:state']

const dataOf = <T extends keyof EventData>(entries: readonly Entry[], type: T): readonly EventData[T][] =>
  entries.filter(entry => entry.type === type).map(({ data }) => data as EventData[T]) // by its type

/** Which of its states the world was in when that was true for the first time. */
const first = (worlds: readonly World[], is: (world: World) => boolean): number => {
  const found = worlds.findIndex(is)
  if (found < 0) expect.fail('it never was')
  return found
}

describe('a proxy that replaces another while a filter stands', () => {
  it('denies the same clients before it is in service, and before its address came', async () => {
    const { worlds, paths, entries } = await play(WAITED + REPLACED, agreeing)
    const denying = first(worlds, world => launchedIn(world).some(denies))
    const inService = first(worlds, world => launchedIn(world).some(one => stateOf(one) === 'in-service'))
    const [fresh] = launchedIn(worlds.at(-1)!)
    const led = first(worlds, ({ addresses }) =>
      Object.values(addresses).some(one => holderAt(one, Number.POSITIVE_INFINITY)?.instance === fresh?.id),
    )
    expect([denying < inService, inService < led]).toEqual([true, true])
    const records = fileFilterRegister(paths.filters).all()
    const its = records.filter(({ place }) => place.by === 'deny_list' && place.proxy === fresh?.id)
    expect(its).toMatchObject([{ incident: 'drill-1', prefixes: [BLOCKED] }])
    // Seven of one filter, the parked one among them; those of the six were put up one after the other.
    expect([records.length, new Set(records.map(({ filter }) => filter)).size]).toEqual([7, 1])
    expect(its[0]?.until).toBe(Math.max(...records.slice(0, 6).map(({ until }) => until)))
    const put = dataOf(entries, 'op.finished').findLast(({ kind }) => kind === 'deny')
    expect(put?.result).toMatchObject({ told: expect.stringMatching(/^1 denied for 19m/) })
  })

  it('denies nobody any more after an undo, and is parked; the others deny as before', async () => {
    let taken = false
    const better = (question: Question): Answer | undefined => {
      if (question.step !== 'keep' || taken) return agreeing(question)
      taken = true
      return { option: VERB.undo, by: 'operator' }
    }
    const { worlds, paths, entries } = await play(REPLACED, better)
    expect(worlds.some(world => launchedIn(world).some(denies))).toBe(true)
    const world = worlds.at(-1)!
    const [fresh] = launchedIn(world)
    expect(fresh && [stateOf(fresh), denies(fresh)]).toEqual(['parked', false])
    expect(dataOf(entries, 'undo.finished')).toMatchObject([{ outcome: 'undone', left: [] }])
    const places = fileFilterRegister(paths.filters)
      .all()
      .map(({ place }) => place.by === 'deny_list' && place.proxy)
    expect(places.length).toBe(6)
    expect(places).not.toContain(fresh?.id)
  })

  it('denies nobody whose time is over by then', async () => {
    const { worlds } = await play(`  - { id: pause, wait: 31m }\n${REPLACED}`, agreeing)
    const fresh = launchedIn(worlds.at(-1)!)
    expect(fresh.map(one => [stateOf(one), denies(one)])).toEqual([['in-service', false]])
  })
})

it('every proxy of a cluster that grows denies the same clients, before it is in service', async () => {
  const grown = '  - { id: grow, action: cluster.scale, with: { cluster: us-east-c1, by: 2 } }\n'
  const { worlds } = await play(grown, agreeing)
  expect(launchedIn(worlds.at(-1)!).map(one => [stateOf(one), denies(one)])).toEqual([
    ['in-service', true],
    ['in-service', true],
  ])
  for (const world of worlds)
    for (const one of launchedIn(world)) if (stateOf(one) === 'in-service') expect(denies(one)).toBe(true)
})
