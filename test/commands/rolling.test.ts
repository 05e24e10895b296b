// `proxy.replace` over several proxies, as a whole drill: the world afterwards, and what undo makes of it.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod'
import { type EventData, placeKey } from '../../src/domain/event.js'
import { type Answer, type Question, VERB } from '../../src/domain/question.js'
import { holderAt } from '../../src/drill/world/instances.js'
import type { World } from '../../src/drill/world/world.js'
import type { Entry } from '../../src/journal/contract.js'
import { agreeing, type Operator, playDrill } from './played.js'

/** Fleet, runbooks and scenarios that crashes are tried on. */
const RUNBOOKS = fileURLToPath(new URL('../torture/runbooks', import.meta.url))

/** The same with more faults in its scenario. */
const withFaults = (scenario: string, faults: readonly object[]): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-rolling-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  cpSync(RUNBOOKS, dir, { recursive: true })
  const lines = faults.map(fault => `  - ${JSON.stringify(fault)}\n`).join('')
  writeFileSync(path.join(dir, 'drills', `${scenario}.yaml`), lines, { flag: 'a' })
  return dir
}

/** Plays it, and keeps the world as it was at the last question. */
const play = async (scenario: string, operator: Operator, runbooks = RUNBOOKS, seed = 3) => {
  let world: World | undefined
  const watched: Operator = (question, drill) => {
    world = drill.world()
    return operator(question, drill)
  }
  const played = await playDrill({ operator: watched, seed, scenario, runbooks })
  return { ...played, world: world ?? expect.fail('nothing was asked') }
}

const dataOf = <T extends keyof EventData>(entries: readonly Entry[], type: T): readonly EventData[T][] =>
  entries.filter(entry => entry.type === type).map(({ data }) => data as EventData[T]) // by its type

/** Proxies by what became of them: `in service` is one that no tag says otherwise of. */
const proxiesIn = ({ instances }: World) =>
  Object.values(instances)
    .filter(({ role }) => role === 'proxy')
    .map(({ id, launchedAt, tags, switches }) => ({
      id,
      isNew: Object.hasOwn(tags, 'firebreak:op'),
      launchedAt,
      state: tags['firebreak:state'] ?? 'in service',
      accepts: new Map(switches.map(({ frontend, to }) => [frontend, to])),
    }))

const holdersIn = ({ addresses }: World) =>
  Object.fromEntries(
    Object.values(addresses).map(address => [
      address.allocationId,
      holderAt(address, Number.POSITIVE_INFINITY)?.instance,
    ]),
  )

/** Agrees to all, and takes it back at the question whether to keep it. */
const thinkingBetter = (): Operator => {
  let taken = false
  return (question: Question): Answer | undefined => {
    if (question.step !== 'keep' || taken) return agreeing(question)
    taken = true
    return { option: VERB.undo, by: 'operator' }
  }
}

describe('two on one consent and a third by a plan of its own', () => {
  it('are all replaced in one visit, whose output has them all', async () => {
    const { entries, world, questions } = await play('rolling', agreeing)
    expect(questions.filter(({ kind }) => kind === 'gate').map(({ type }) => type?.word)).toEqual([
      'us-east-c1 2',
      undefined,
    ])
    const [finished] = dataOf(entries, 'step.finished').filter(({ step }) => step === 'replace')
    expect(finished?.outcome).toBe('applied')
    const parked = proxiesIn(world).filter(({ state }) => state === 'parked')
    const fresh = proxiesIn(world).filter(({ state }) => state === 'in-service')
    expect(finished?.output).toMatchObject({ dropped: [], replaced: [{}, {}, {}] })
    expect([parked.length, fresh.length]).toEqual([3, 3])
    expect(parked.some(({ isNew }) => isNew)).toBe(false)
  })

  it('are taken back in exactly the reverse order, over both plans', async () => {
    const before = await play('rolling', () => undefined)
    const { entries, world } = await play('rolling', thinkingBetter())
    const started = dataOf(entries, 'op.started')
    const changed = started.filter(({ undoes, look }) => undoes === undefined && !look).map(({ op }) => op)
    const order = started.flatMap(({ undoes }) => undoes ?? [])
    expect(order).toEqual([...changed].reverse())
    expect(changed.length).toBe(3 * 4)
    expect(dataOf(entries, 'undo.finished')).toMatchObject([{ outcome: 'undone', left: [] }])
    expect(holdersIn(world)).toEqual(holdersIn(before.world))
    for (const { isNew, state } of proxiesIn(world)) expect(state).toBe(isNew ? 'parked' : 'in service')
  })
})

describe('a proxy that becomes hot meanwhile', () => {
  it('is proposed with the rest, in a plan that is asked about, and not done where that is declined', async () => {
    const late = { begins: { from: '20s', to: '20s' }, ramp: { from: '1s', to: '1s' } }
    const role = { kind: 'hot-host', cluster: 'us-east-c1', role: 'proxy' }
    const runbooks = withFaults('rolling', [{ ...role, ...late, factor: { from: 6, to: 6 } }])
    let gates = 0
    const { entries, world } = await play(
      'rolling',
      question => {
        if (question.kind === 'failed') return { option: 'continue', by: 'operator' }
        if (question.kind !== 'gate') return agreeing(question)
        gates += 1
        return gates === 2 ? { option: 'decline', by: 'operator' } : agreeing(question)
      },
      runbooks,
      1, // by whose lot it is a fourth one
    )
    const hot = world.faults.at(-1)?.instance
    const named = dataOf(entries, 'plan.made').map(({ plan }) => plan?.with.proxies)
    const [first] = z.array(z.array(z.string())).parse(named)
    expect(first).not.toContain(hot)
    expect(named).toEqual([first, [first?.[2], hot]])
    const [finished] = dataOf(entries, 'step.finished').filter(({ step }) => step === 'replace')
    expect(finished).toMatchObject({ outcome: 'declined', output: { replaced: [{}, {}] } })
    expect(proxiesIn(world).find(({ id }) => id === hot)?.state).toBe('in service')
  })
})

describe('clients that come by no address', () => {
  it('are sent away, and shut out after the deadline, one proxy after the other', async () => {
    const { entries, world } = await play('sent-away', agreeing)
    const parked = proxiesIn(world).filter(({ state }) => state === 'parked')
    expect(parked.length).toBe(2)
    for (const { accepts } of parked) expect([...accepts.values()]).toEqual(['sessions-shut', 'sessions-shut'])
    const shut = dataOf(entries, 'op.finished').filter(({ kind }) => kind === 'shut-sessions')
    expect(shut.map(({ requests }) => requests?.['haproxy.shutdown sessions server'])).toEqual([2, 2])
  })

  it('find the old proxies again after an undo', async () => {
    const { entries, world } = await play('sent-away', thinkingBetter())
    expect(dataOf(entries, 'undo.finished')).toMatchObject([{ outcome: 'undone', left: [] }])
    for (const { isNew, state, accepts } of proxiesIn(world)) {
      expect(state).toBe(isNew ? 'parked' : 'in service')
      for (const last of accepts.values()) expect(last).toBe('enabled')
    }
  })
})

describe('a raised posture', () => {
  it('makes another plan, with more in it, which is shown and asked about again', async () => {
    let raised = false
    const { entries, questions } = await play('rolling', question => {
      if (question.kind !== 'gate' || raised) return agreeing(question)
      raised = true
      return { option: VERB.posture, by: 'operator', reason: 'customers are affected' }
    })
    expect(questions.filter(({ kind }) => kind === 'gate').map(({ type }) => type?.word)).toEqual([
      'us-east-c1 2',
      'us-east-c1 2',
      'us-east-c1 3',
    ])
    expect(dataOf(entries, 'plan.changed')[0]?.differences.join()).toContain('now: park')
    expect(dataOf(entries, 'apply.started').length).toBe(1)
  })
})

describe('a launch that does not come at once', () => {
  const tried = (entries: readonly Entry[]) =>
    dataOf(entries, 'op.started').flatMap(({ kind, args }) => (kind === 'launch' ? [args.subnet] : []))

  it('goes to the next subnet where the first has no capacity', async () => {
    const runbooks = withFaults('rolling', [{ kind: 'no-capacity', subnets: ['subnet-a1'] }])
    const { entries, world } = await play('rolling', agreeing, runbooks)
    expect(tried(entries)).toEqual(Array(3).fill(['subnet-a1', 'subnet-b1']).flat())
    expect(proxiesIn(world).filter(({ state }) => state === 'in-service').length).toBe(3)
  })

  it('is looked for, and found, where the answer was lost: nothing is launched beside it', async () => {
    const runbooks = withFaults('rolling', [{ kind: 'ec2-cut', operation: 'RunInstances', first: 1 }])
    const { entries, world } = await play('rolling', agreeing, runbooks)
    expect(tried(entries)).toEqual(Array(3).fill('subnet-a1'))
    expect(proxiesIn(world).filter(({ isNew }) => isNew).length).toBe(3)
  })

  it('ends a batch whose second one dies: the first is done, and is said to be', async () => {
    const runbooks = withFaults('rolling', [{ kind: 'launch-dies', cluster: 'us-east-c1', begins: '10s' }])
    const { entries } = await play(
      'rolling',
      question => (question.kind === 'failed' ? undefined : agreeing(question)),
      runbooks,
    )
    const [finished] = dataOf(entries, 'apply.finished')
    expect(finished).toMatchObject({ outcome: 'failed', failure: { code: 'ec2.rejected' } })
    expect(finished?.summary).toMatch(/^1 of 2 replaced; .*Client\.InternalError/)
    expect(finished?.output).toMatchObject({ replaced: [{}] })
  })
})

it('a visit is one place in the journal, however many plans it takes', async () => {
  const { entries } = await play('rolling', agreeing)
  const places = dataOf(entries, 'op.started').map(placeKey)
  expect(new Set(places)).toEqual(new Set(['replace#1']))
  const keys = dataOf(entries, 'op.started').map(({ op }) => op)
  expect(new Set(keys).size).toBe(keys.length)
})
