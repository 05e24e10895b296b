// What goes wrong in EC2 and on its machines, while a cluster grows, is flushed, shrinks, and what it lost is reaped.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Scenario } from '../../src/drill/scenario.js'
import { stateAt } from '../../src/drill/world/instances.js'
import { accountFor } from './account-for.js'
import { type Played, playDrill } from './played.js'

type Faults = Scenario['faults']

const FLEET = fileURLToPath(new URL('../../runbooks/fleet.yaml', import.meta.url))
const CHANGES = ['RunInstances', 'CreateTags', 'TerminateInstances'] as const
const CLUSTER = 'us-east-c2' // its clients find the proxies by themselves; three subnets

const TOUR = `
runbook: tour
title: Two more, the cache emptied, two fewer, and an end of them
steps:
  - id: look
    check: cache.shards
    with: { cluster: ${CLUSTER} }
  - id: grow
    action: cluster.scale
    with: { cluster: ${CLUSTER}, by: 2 }
    on_failure: continue
  - id: flush
    action: cache.flush
    with: { cluster: ${CLUSTER}, shards: ["\${{ steps.look.shards[0].id }}"] }
    on_failure: continue
  - id: shrink
    action: cluster.scale
    with: { cluster: ${CLUSTER}, by: -1 }
    on_failure: continue
  - id: shrink_on
    action: cluster.scale
    with: { cluster: ${CLUSTER}, by: -1 }
    on_failure: continue
  - id: reap
    action: proxy.reap
    with: { cluster: ${CLUSTER} }
    on_failure: continue
  - id: over
    end: mitigated
`

const SCENARIO = `
scenario: tour
title: A calm day
runbook: tour
clusters:
  ${CLUSTER}: { proxies: 6, shards: 4, connections: 400, limit: 4000 }
faults: []
`

const play = async (faults: Faults): Promise<Played> => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-tour-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  mkdirSync(path.join(dir, 'drills'))
  cpSync(FLEET, path.join(dir, 'fleet.yaml'))
  writeFileSync(path.join(dir, 'tour.yaml'), TOUR)
  writeFileSync(path.join(dir, 'drills', 'tour.yaml'), SCENARIO)
  return playDrill({ operator: () => undefined, auto: true, runbooks: dir, scenario: 'tour', faults })
}

/** How the incident stands, the steps that did not come to what they should, and what the world shows of launches. */
const cameOf = ({ ending, entries, drill }: Played) => ({
  outcome: ending.how === 'ended' ? ending.state.outcome : ending.how,
  not: Object.fromEntries(
    entries.flatMap(({ type, data }) =>
      type === 'step.finished' && !WELL.includes(data.outcome) ? [[data.step, data.outcome]] : [],
    ),
  ),
  launched: launchedIn(drill).map(one => ENDING.get(stateAt(one, drill.clock.now())) ?? 'runs'),
})

const WELL = ['passed', 'applied', 'done']
const ENDING = new Map([
  ['shutting-down', 'ended'],
  ['terminated', 'ended'],
])

const launchedIn = (drill: Played['drill']) =>
  Object.values(drill.world().instances).filter(({ tags }) => Object.hasOwn(tags, 'firebreak:op'))

/** Which requests came to the drill's servers, and when. */
const requestsOf = ({ paths }: Played): string[] =>
  readFileSync(path.join(paths.dir, 'endpoint.log'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
    .map(({ at, operation, target }) => `${at} ${operation} ${target}`)

describe('a cluster that grows, is flushed, shrinks and is reaped', () => {
  let calm: Promise<string[]> | undefined
  const onACalmDay = (): Promise<string[]> => {
    calm ??= play([]).then(requestsOf)
    return calm
  }

  /** What went wrong has shown. */
  const suffered = async (faults: Faults): Promise<Played> => {
    const played = await play(faults)
    await accountFor(played)
    expect(requestsOf(played)).not.toEqual(await onACalmDay())
    return played
  }

  it('asks the same at the same moments on every calm day', async () => {
    const played = await play([])
    expect(requestsOf(played)).toEqual(await onACalmDay())
    expect(cameOf(played)).toEqual({ outcome: 'mitigated', not: {}, launched: ['ended', 'ended'] })
  })

  it.each<[string, Faults]>([
    ['EC2 throttles 3 of 10 requests', [{ kind: 'ec2-throttling', share: 0.3 }]],
    ['1 of 10 requests is an error of EC2, not done', [{ kind: 'ec2-errors', share: 0.1, done: false }]],
    ['1 of 10 requests is an error of EC2, and done', [{ kind: 'ec2-errors', share: 0.1, done: true }]],
    ['the connections of its launches are cut', [{ kind: 'ec2-cut', operation: 'RunInstances', first: 2 }]],
    ['no tag is ever answered', [{ kind: 'ec2-cut', operation: 'CreateTags' }]],
    ['no end of an instance is ever answered', [{ kind: 'ec2-cut', operation: 'TerminateInstances' }]],
    ['some changes take 10 s', [{ kind: 'ec2-stall', share: 0.3, delay: 10_000, operations: [...CHANGES] }]],
    ['launches are not to be seen for 30 s', [{ kind: 'ec2-invisible', hidden: 30_000 }]],
    ['two subnets have no capacity', [{ kind: 'no-capacity', subnets: ['subnet-a2', 'subnet-b2'] }]],
  ])('comes to all of it where %s', async (_, faults) => {
    const played = await suffered(faults)
    expect(cameOf(played)).toEqual({ outcome: 'mitigated', not: {}, launched: ['ended', 'ended'] })
  })

  it.each<[string, Faults]>([
    ['never serves', [{ kind: 'never-healthy', cluster: CLUSTER, first: 1 }]],
    ['dies before it runs', [{ kind: 'launch-dies', cluster: CLUSTER, first: 1 }]],
    ['has a runtime API that hangs', [{ kind: 'admin-hangs', cluster: CLUSTER, role: 'proxy', launched: 1 }]],
  ])('says that it has one less where one launch %s, and nothing is left over', async (_, faults) => {
    const played = await suffered(faults)
    const not = { grow: 'failed', shrink_on: 'failed' } // of its own it then has but one to take away
    expect(cameOf(played)).toEqual({ outcome: 'mitigated', not, launched: ['ended', 'ended'] })
  })

  it('ends those that it may where one zone ends none, and keeps the other one parked', async () => {
    const played = await suffered([{ kind: 'terminate-fails', zone: 'us-east-1a' }])
    expect(cameOf(played)).toMatchObject({ outcome: 'mitigated', not: { reap: 'failed' } })
    const zones = launchedIn(played.drill).map(one => [one.zone, one.tags['firebreak:state']])
    expect(Object.fromEntries(zones)).toMatchObject({ 'us-east-1a': 'parked' })
    expect(cameOf(played).launched.toSorted()).toEqual(['ended', 'runs'])
  })
})
