import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/domain/json.js'
import type { Fact, PlanDraft } from '../../src/domain/plan.js'
import { type Binding, bind } from '../../src/runtime/digest.js'
import { differencesOf } from '../../src/runtime/executors/made.js'
import { action, end, plan, runbook } from '../engine/histories.js'
import { type Answering, boot, entriesOf, type Stage, saying, stageFor } from './process.js'
import { newWorld, type World } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b'] }, to: { literal: 'new' } },
})

/** Something that happens in the world while the operator reads the plan for the first time. */
const whileReading = (happens: () => void, then: Answering = saying({})): Answering => {
  let read = false
  return question => {
    if (question.kind === 'gate' && !read) {
      read = true
      happens()
    }
    return then(question)
  }
}

const stageOf = (world: World): Stage => stageFor(world, runbook(mend, end('over')))

const dataOf = async (stage: Stage, type: string) =>
  (await entriesOf(stage)).filter(entry => entry.type === type).map(({ data }) => data)

describe('a plan', () => {
  it('is made again before the first op, and carried out where it still holds', async () => {
    const stage = stageOf(newWorld('a', 'b'))
    await (await boot(stage)).run()
    const [made] = await dataOf(stage, 'plan.made')
    const [started] = await dataOf(stage, 'apply.started')
    expect(made).toMatchObject({ plan: { digest: (started as { digest: string }).digest } })
    expect(await dataOf(stage, 'plan.changed')).toEqual([])
  })

  it('that the world moved away from is shown with what differs, and asked about again', async () => {
    const world = newWorld('a', 'b')
    const stage = stageOf(world)
    const { run, asked } = await boot(stage, {
      answer: whileReading(() => world.values.set('a', 'other')),
    })
    await run()
    expect(await dataOf(stage, 'plan.changed')).toMatchObject([
      {
        differences: [
          'no longer: set a {"value":"old"} -> {"value":"new"}',
          'now: set a {"value":"other"} -> {"value":"new"}',
        ],
      },
    ])
    const gates = asked.filter(({ kind }) => kind === 'gate')
    expect(gates).toHaveLength(2)
    expect(gates[1]?.text).toContain('The plan changed while it waited')
    expect(gates[1]?.id).not.toBe(gates[0]?.id)
    expect(world.done).toEqual(['a=new', 'b=new'])
  })

  it('that the world moved away from is not carried out when it is then declined', async () => {
    const world = newWorld('a', 'b')
    const stage = stageOf(world)
    let gates = 0
    const answer = whileReading(
      () => world.values.set('a', 'other'),
      question => {
        if (question.kind === 'gate') gates += 1
        return saying({ gate: gates > 1 ? 'decline' : 'approve', failed: 'abort' })(question)
      },
    )
    await (await boot(stage, { answer })).run()
    expect(world.done).toEqual([])
    expect((await dataOf(stage, 'step.finished'))[0]).toMatchObject({ outcome: 'declined' })
  })

  it('that somebody else carried out meanwhile leaves nothing to do', async () => {
    const world = newWorld('a', 'b')
    const stage = stageOf(world)
    const answer = whileReading(() => {
      for (const target of ['a', 'b']) world.values.set(target, 'new')
    })
    const { state } = await (await boot(stage, { answer })).run()
    expect(world.done).toEqual([])
    expect(state.frames.main?.results.mend).toMatchObject({ outcome: 'unchanged' })
  })

  it('is asked about again where a fact is more than 20 % worse, and not where it is 20 %', async () => {
    for (const [value, gates] of [
      [120, 1],
      [121, 2],
      [50, 1],
    ] as const) {
      const world = newWorld('a', 'b')
      const fact: Fact = { label: 'connections cut', value: 100, unit: 'connections', worse: 'higher' }
      world.facts = [fact]
      const answer = whileReading(() => {
        world.facts = [{ ...fact, value }]
      })
      const { run, asked } = await boot(stageOf(world), { answer })
      await run()
      expect(
        asked.filter(({ kind }) => kind === 'gate'),
        String(value),
      ).toHaveLength(gates)
      expect(world.done).toEqual(['a=new', 'b=new'])
    }
  })
})

describe('a fact', () => {
  const fact = (value: number, worse: Fact['worse']): Fact => ({ label: 'f', value, unit: 'u', worse })
  it.each<[Fact['worse'], number, number, boolean]>([
    ['higher', 100, 100, false],
    ['higher', 100, 120, false],
    ['higher', 100, 120.5, true],
    ['higher', 100, 10, false],
    ['higher', 0, 0, false],
    ['higher', 0, 1, true],
    ['lower', 100, 100, false],
    ['lower', 100, 80, false],
    ['lower', 100, 79.5, true],
    ['lower', 100, 82, false],
    ['lower', 100, 500, false],
    ['lower', 0, 0, false],
  ])(
    'that is worse when %s, and went from %d to %d, is worse by more than 20 %%: %s',
    (worse, then, now, is) => {
      const differences = differencesOf(
        plan({ facts: [fact(then, worse)] }),
        plan({ facts: [fact(now, worse)] }),
      )
      expect(differences).toEqual(is ? [`f: ${then} u -> ${now} u`] : [])
    },
  )

  it('that is worse is named beside a change', () => {
    const before = plan({ facts: [fact(1, 'higher')], digest: '1' })
    const after = plan({ facts: [fact(2, 'higher')], digest: '2', changes: [] })
    expect(differencesOf(before, after)).toHaveLength(2)
  })

  it('is not needed for a difference: other rules are one', () => {
    expect(differencesOf(plan({ digest: '1' }), plan({ digest: '2' }))).toEqual([
      'the rules it was made under changed',
    ])
  })
})

describe('the digest of a plan', () => {
  const BINDING = {
    tool: '1',
    runbook: 'r',
    action: 'world.set',
    with: { to: 'new' },
    allowlist: null,
    guardrails: 'g',
  }
  const { action: _action, with: _with, digest: _digest, ...draft } = plan()
  const digestOf = (changed = draft, binding: Partial<typeof BINDING> = {}) =>
    bind(changed, { ...BINDING, ...binding }).digest

  it('is sha256 of the canonical JSON of what it binds', () => {
    const bound = canonicalJson({ ...BINDING, changes: draft.changes })
    expect(digestOf()).toBe(createHash('sha256').update(bound).digest('hex'))
  })

  it('is another one for any other tool, runbook, action, input, rule or change', () => {
    const [change] = draft.changes
    const others = [
      digestOf(draft, { tool: '2' }),
      digestOf(draft, { runbook: 's' }),
      digestOf(draft, { action: 'world.unset' }),
      digestOf(draft, { with: { to: 'newer' } }),
      digestOf(draft, { guardrails: 'h' }),
      digestOf({ ...draft, changes: [] }),
      digestOf({ ...draft, changes: [{ ...change!, before: { state: 'other' } }] }),
      digestOf({ ...draft, changes: [{ ...change!, resource: 'r2' }] }),
    ]
    expect(new Set([digestOf(), ...others]).size).toBe(others.length + 1)
  })

  it('is the same whatever is only shown: facts, warnings, words', () => {
    const shown = {
      ...draft,
      summary: 'other words',
      warnings: ['beware'],
      facts: [{ label: 'f', value: 1, unit: 'u', worse: 'higher' as const }],
    }
    expect(digestOf(shown)).toBe(digestOf())
  })
})

describe('a digest', () => {
  const draft: PlanDraft = {
    summary: 's',
    changes: [{ verb: 'v', resource: 'r', before: null, after: { a: 1 } }],
    blast: { cluster: 'c', serving: 6, floor: 4, takes: 0, unavailable: 0, adds: 1, irreversible: false },
    facts: [{ label: 'l', value: 1, unit: 'u', worse: 'higher' }],
    warnings: [],
    undo: [],
    confirm: 'c',
    predicted: {},
    commands: [],
    locks: [],
  }
  const binding: Binding = {
    tool: '1',
    runbook: 'r',
    action: 'a',
    with: { p: [1] },
    allowlist: null,
    guardrails: 'g',
  }
  const { digest } = bind(draft, binding)

  it.each<[string, Partial<Binding>]>([
    ['version', { tool: '2' }],
    ['runbook', { runbook: 'other' }],
    ['action', { action: 'b' }],
    ['input', { with: { p: [2] } }],
    ['allowlist', { allowlist: 'x' }],
    ['guardrails', { guardrails: 'h' }],
  ])('of another %s is another one', (_, other) => {
    expect(bind(draft, { ...binding, ...other }).digest).not.toBe(digest)
  })

  it('of another change is another one, and of another count or word is not', () => {
    const changes = [{ ...draft.changes[0]!, before: { state: 'up' } }]
    expect(bind({ ...draft, changes }, binding).digest).not.toBe(digest)
    const facts = [{ ...draft.facts[0]!, value: 9 }]
    expect(bind({ ...draft, facts, summary: 't', warnings: ['w'] }, binding).digest).toBe(digest)
  })
})
