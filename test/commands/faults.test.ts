import { describe, expect, it } from 'vitest'
import { valuesOf } from '../../src/domain/table.js'
import type { Scenario } from '../../src/drill/scenario.js'
import { accountFor } from './account-for.js'
import { type Played, playDrill } from './played.js'

type Faults = Scenario['faults']

const CLUSTER = 'us-east-c1'

/** The first survey has found the fleet by then. */
const AFTER_DISCOVERY = 5_000

/** Of that operation only. */
const only = (operation: string, fault: Extract<Faults[number], { readonly share: number }>): Faults => [
  { ...fault, operations: [operation] },
]

const nobody = () => undefined
const play = (faults: Faults, seed = 3): Promise<Played> =>
  playDrill({ operator: nobody, auto: true, faults, seed, answers: { stuck: 'stop' } })

/** How each op of a kind came out, in the order in which they were first begun. */
const opsOf = ({ ending }: Played, kind: string): string[] =>
  valuesOf(ending.state.ops)
    .filter(op => op.kind === kind)
    .map(({ status }) => status)

/** How the incident stands, and how often something was launched in the world itself. */
const outcomeOf = ({ ending, drill, worlds }: Played) => ({
  outcome: ending.how === 'ended' ? ending.state.outcome : ending.how,
  launched: Object.keys(drill.world().instances).length - Object.keys(worlds[0]!.instances).length,
})

describe('one hot proxy is replaced all the same, by one launch', () => {
  it.each<[string, Faults]>([
    ['where EC2 throttles 3 of 10 requests', [{ kind: 'ec2-throttling', share: 0.3 }]],
    ['where 1 of 10 requests is an error of EC2, not done', [{ kind: 'ec2-errors', share: 0.1, done: false }]],
    ['where 1 of 10 requests is an error of EC2, and done', [{ kind: 'ec2-errors', share: 0.1, done: true }]],
    [
      'where every answer to a launch is an error',
      only('RunInstances', { kind: 'ec2-errors', share: 1, done: true }),
    ],
    [
      'where every answer to a move is an error',
      only('AssociateAddress', { kind: 'ec2-errors', share: 1, done: true }),
    ],
    ['where the connection of the launch is cut', [{ kind: 'ec2-cut', operation: 'RunInstances', first: 1 }]],
    ['where no launch is ever answered', [{ kind: 'ec2-cut', operation: 'RunInstances' }]],
    ['where no move is ever answered', [{ kind: 'ec2-cut', operation: 'AssociateAddress' }]],
    ['where no tag is ever answered', [{ kind: 'ec2-cut', operation: 'CreateTags' }]],
    [
      'where a launch takes 10 s to be answered',
      only('RunInstances', { kind: 'ec2-stall', share: 1, delay: 10_000 }),
    ],
    [
      'where a launch takes longer than anybody waits',
      only('RunInstances', { kind: 'ec2-stall', share: 1, delay: 30_000 }),
    ],
    [
      'where a move takes longer than anybody waits',
      only('AssociateAddress', { kind: 'ec2-stall', share: 1, delay: 30_000 }),
    ],
    ['where a launch is not to be seen for 30 s', [{ kind: 'ec2-invisible', hidden: 30_000 }]],
    [
      'where a launch is neither answered nor to be seen for 30 s',
      [
        { kind: 'ec2-invisible', hidden: 30_000 },
        { kind: 'ec2-cut', operation: 'RunInstances' },
      ],
    ],
    ['where one subnet has no capacity', [{ kind: 'no-capacity', subnets: ['subnet-a1'] }]],
    ['where the quota of one family is used up', [{ kind: 'quota', family: 'c7i' }]],
    ['where one instance type has no capacity', [{ kind: 'no-capacity', types: ['c7i.large'] }]],
  ])('%s', async (_, faults) => {
    const played = await play(faults)
    expect(outcomeOf(played)).toEqual({ outcome: 'resolved', launched: 1 })
    expect(opsOf(played, 'park')).toEqual(['finished'])
    await accountFor(played)
  })
})

describe('what was launched in vain is parked, and the next one serves', () => {
  it.each<[string, Faults]>([
    ['where the first one never serves', [{ kind: 'never-healthy', cluster: CLUSTER, first: 1 }]],
    ['where the first one dies before it runs', [{ kind: 'launch-dies', cluster: CLUSTER, first: 1 }]],
    [
      'where the runtime API of the first one hangs',
      [{ kind: 'admin-hangs', cluster: CLUSTER, role: 'proxy', launched: 1 }],
    ],
  ])('%s', async (_, faults) => {
    const played = await play(faults)
    expect(outcomeOf(played)).toEqual({ outcome: 'resolved', launched: 2 })
    expect(opsOf(played, 'launch')).toEqual(['finished', 'finished'])
    await accountFor(played)
  })
})

describe('nothing is launched, and the incident ends as unresolved', () => {
  it.each<[string, Faults, string[]]>([
    ['where nowhere is any capacity', [{ kind: 'no-capacity', types: ['c7i.large', 'c7a.large'] }], ['failed']],
    [
      'where every quota is used up',
      [
        { kind: 'quota', family: 'c7i' },
        { kind: 'quota', family: 'c7a' },
      ],
      ['failed'],
    ],
    [
      'where no launch comes to anything',
      only('RunInstances', { kind: 'ec2-errors', share: 1, done: false }),
      ['failed', 'refused'],
    ],
  ])('%s', async (_, faults, statuses) => {
    const played = await play(faults)
    expect(outcomeOf(played)).toEqual({ outcome: 'unresolved', launched: 0 })
    expect([...new Set(opsOf(played, 'launch'))]).toEqual(statuses)
    await accountFor(played)
  })
})

describe('a proxy whose runtime API hangs', () => {
  it('is unseen, never fine: it is replaced like a hot one, and what replaces it is seen', async () => {
    const played = await play([{ kind: 'admin-hangs', cluster: CLUSTER, role: 'proxy', proxies: 1 }])
    expect(outcomeOf(played)).toEqual({ outcome: 'resolved', launched: 2 })
    const looks = played.entries.flatMap(({ type, data }) => (type === 'check.observed' ? [data] : []))
    expect(looks.at(0)).toMatchObject({ verdict: 'fail', output: { unseen: [{}], proxies: { length: 5 } } })
    expect(looks.at(-1)).toMatchObject({ verdict: 'pass', output: { unseen: [], proxies: { length: 6 } } })
    await accountFor(played)
  })
})

describe('where EC2 does not answer at all', () => {
  it('and never did, it cannot tell and says so: nothing is done', async () => {
    const played = await play([{ kind: 'ec2-stall', share: 1, delay: 600_000 }])
    expect(outcomeOf(played)).toEqual({ outcome: 'paused', launched: 0 })
    expect(played.entries.find(({ type }) => type === 'check.observed')).toMatchObject({
      data: { verdict: 'inconclusive' },
    })
    await accountFor(played)
  })

  it.each<[string, Faults[number]]>([
    ['throttled', { kind: 'ec2-throttling', share: 1, begins: AFTER_DISCOVERY }],
    ['stalled', { kind: 'ec2-stall', share: 1, delay: 600_000, begins: AFTER_DISCOVERY }],
    ['without credentials', { kind: 'credentials-expire', code: 'ExpiredToken', begins: AFTER_DISCOVERY }],
  ])('after the first look, a replacement is not possible now, which is no failure: %s', async (_, fault) => {
    const played = await playDrill({
      operator: async (question, { clock }) => {
        if (question.kind !== 'gate') return undefined
        await clock.sleep(2 * AFTER_DISCOVERY)
        return { option: 'retry', by: 'operator' }
      },
      faults: [fault],
    })
    expect(outcomeOf(played)).toEqual({ outcome: 'paused', launched: 0 })
    const [plan] = played.entries.flatMap(({ type, data }) =>
      type === 'plan.made' && data.failure ? [data.failure] : [],
    )
    expect(plan).toMatchObject({ code: 'plan.not-now' })
    const question = played.questions.at(-1)
    expect(question).toMatchObject({ kind: 'failed', step: 'replace' })
    expect(question?.text).toMatch(/^Not possible now: proxy\.replace needs EC2, which cannot be asked now: /)
    expect(played.ending.state.failures).toBe(0)
    expect(played.ending.state.frames.main?.counts.replace).toBe(0)
    await accountFor(played)
  })
})

describe('credentials that expire', () => {
  it.each([
    ['while the new one boots', 20_000],
    ['once it runs and before it is sent clients', 45_000],
  ])('%s hold everything up, and then it goes on at the same op, in the same process', async (_, begins) => {
    const played = await play([{ kind: 'credentials-expire', code: 'RequestExpired', begins, lasts: 120_000 }])
    expect(outcomeOf(played)).toEqual({ outcome: 'resolved', launched: 1 })
    expect(played.entries.some(({ type }) => type === 'incident.resumed')).toBe(false)
    expect(played.ending.state.failures).toBe(0)
    const asked = played.entries.filter(
      ({ type, data }) => type === 'question.asked' && data.question.kind === 'credentials',
    )
    expect(asked.length).toBeGreaterThan(0)
    await accountFor(played)
  })
})
