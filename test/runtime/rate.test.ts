import { describe, expect, it } from 'vitest'
import { toInstant } from '../../src/domain/instant.js'
import type { Posture } from '../../src/domain/mode.js'
import type { Spent } from '../../src/engine/rate.js'
import type { Guardrails } from '../../src/fleet/fleet.js'
import { rateAt } from '../../src/runtime/rate.js'
import { action, end, runbook, START } from '../engine/histories.js'
import { fleetOf } from '../fleet/fleets.js'
import { type Answering, boot, entriesOf, saying, stageFor } from './process.js'
import { newWorld, type World } from './world.js'

const MINUTE = 60_000
const ALL = { a: 1, b: 1, c: 1, d: 1 }

/** Values whose setting uses up a quarter of the cluster each. */
const spending = (...targets: string[]): World => {
  const world = newWorld(...targets)
  const each = Object.fromEntries(targets.map(target => [target, 1]))
  world.spends = { guardrail: 'flush', cluster: 'c1', each, whole: ALL }
  return world
}

const mend = (targets: readonly string[]) =>
  action('mend', { action: 'world.set', with: { targets: { literal: [...targets] }, to: { literal: 'new' } } })

const HALF: NonNullable<Guardrails['flush']> = {
  maxFraction: { conservative: 0.5, aggressive: 1 },
  per: 10 * MINUTE,
}

type Scene = {
  readonly world: World
  /** Null: the fleet file has none. */
  readonly flush?: typeof HALF | null
  /** What other incidents have spent, asked anew each time. */
  readonly elsewhere?: () => readonly Spent[]
  readonly answer?: Answering
}

const play = async ({ world, flush = HALF, elsewhere = () => [], answer }: Scene) => {
  const stage = stageFor(world, runbook(mend([...world.values.keys()]), end('over')))
  const fleet = fleetOf({ kind: 'static', targets: [] })
  const { run, asked } = await boot(stage, {
    answer: answer ?? saying({ failed: 'abort' }),
    deps: {
      fleet: { ...fleet, guardrails: { ...fleet.guardrails, ...(flush ? { flush } : {}) } },
      spentElsewhere: async () => elsewhere(),
    },
  })
  await run()
  const entries = await entriesOf(stage)
  const gates = asked.flatMap(({ kind, gate }) => (kind === 'gate' && gate ? [gate] : []))
  return { entries, gates }
}

const spentAt = (now: number, target: string): Spent => ({
  guardrail: 'flush',
  cluster: 'c1',
  target,
  amount: 1,
  at: toInstant(now),
})

const refusedOps = (entries: Awaited<ReturnType<typeof entriesOf>>) =>
  entries.flatMap(({ type, data }) => (type === 'op.refused' ? [data] : []))

describe('a guardrail that counts over time', () => {
  it('lets a plan pass that stays within it, and writes down what each op spends', async () => {
    const world = spending('a', 'b')
    const { entries } = await play({ world })
    expect(world.done).toEqual(['a=new', 'b=new'])
    const started = entries.flatMap(({ type, data }) => (type === 'op.started' ? [data.spends] : []))
    expect(started).toEqual(Array(2).fill({ guardrail: 'flush', cluster: 'c1', amount: 1 }))
  })

  it('refuses a plan at its gate that spends too much, and says how much', async () => {
    const world = spending('a', 'b', 'c')
    const { gates } = await play({ world, answer: saying({ gate: 'decline', failed: 'abort' }) })
    expect(gates[0]).toMatchObject({ level: 'refused', guardrails: ['flush'] })
    expect(gates[0]?.reasons.join()).toContain('75 % of c1')
    expect(world.done).toEqual([])
  })

  it('counts what other incidents have spent', async () => {
    const world = spending('a', 'b')
    const { gates } = await play({
      world,
      elsewhere: () => [spentAt(START, 'd')],
      answer: saying({ gate: 'decline', failed: 'abort' }),
    })
    expect(gates.map(({ level }) => level)).toEqual(['refused'])
  })

  it('asks again where another incident has spent while the plan waited', async () => {
    const world = spending('a', 'b')
    const others: Spent[] = []
    const { gates, entries } = await play({
      world,
      elsewhere: () => others,
      answer: question => {
        if (question.gate?.level === 'refused') return saying({ gate: 'decline' })(question)
        if (question.kind === 'gate') others.push(spentAt(START, 'd'))
        return saying({ failed: 'abort' })(question)
      },
    })
    expect(gates.map(({ level }) => level)).toEqual(['operator', 'refused'])
    expect(world.done).toEqual([])
    expect(entries.some(({ type }) => type === 'op.started')).toBe(false)
  })

  it('is looked at again before each op, and refuses on record', async () => {
    const world = spending('a', 'b')
    const others: Spent[] = []
    world.during = () => void others.push(spentAt(START, 'd'))
    const { entries } = await play({ world, elsewhere: () => others })
    expect(world.done).toEqual(['a=new'])
    expect(refusedOps(entries)).toMatchObject([{ target: 'b', failure: { code: 'guardrail.refused' } }])
  })

  it('forgets what was spent longer ago than it says', async () => {
    const world = spending('a', 'b')
    const { gates } = await play({ world, elsewhere: () => [spentAt(START - 10 * MINUTE, 'd')] })
    expect(gates.map(({ level }) => level)).toEqual(['operator'])
    expect(world.done).toEqual(['a=new', 'b=new'])
  })

  it('is laxer in a raised posture', async () => {
    const { deps } = await boot(stageFor(newWorld(), runbook(end('over'))))
    const fleet = { ...deps.fleet, guardrails: { ...deps.fleet.guardrails, flush: HALF } }
    const most = (posture: Posture) => rateAt({ ...deps, fleet }, 'flush', posture, []).most
    expect([most('conservative'), most('aggressive')]).toEqual([0.5, 1])
  })

  it('that is overridden for a plan holds none of its ops back', async () => {
    const world = spending('a', 'b', 'c')
    const { entries, gates } = await play({
      world,
      answer: question =>
        question.gate?.level === 'refused'
          ? { option: 'override', by: 'operator', reason: 'customers are hurt', typed: 'c1 3' }
          : saying({ failed: 'abort' })(question),
    })
    expect(gates.map(({ level }) => level)).toEqual(['refused', 'typed'])
    expect(refusedOps(entries)).toEqual([])
    expect(world.done).toEqual(['a=new', 'b=new', 'c=new'])
  })

  it('that the fleet file does not have refuses everything', async () => {
    const world = spending('a')
    const { gates } = await play({ world, flush: null, answer: saying({ gate: 'decline', failed: 'abort' }) })
    expect(gates.map(({ level }) => level)).toEqual(['refused'])
  })
})
