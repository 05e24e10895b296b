import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Template } from '../../src/domain/runbook.js'
import { valuesOf } from '../../src/domain/table.js'
import { replay } from '../../src/engine/replay.js'
import type { IncidentState } from '../../src/engine/state.js'
import { action, each, end, notify, parallel, runbook } from '../engine/histories.js'
import { type Answering, boot, by, entriesOf, type Stage, saying, stageFor } from './process.js'
import { createTrap } from './trap.js'
import { KNOWN, newWorld, type World } from './world.js'

const TARGETS = ['a', 'b', 'c']

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: TARGETS }, to: { literal: 'new' } },
})

/** What an incident came to, without the words that a resume adds. */
const essence = (state: IncidentState) => ({
  status: state.status,
  outcome: state.outcome,
  results: state.frames.main?.results,
  visits: state.frames.main?.visits,
  // Side by side, either may come first.
  ops: valuesOf(state.ops)
    .map(({ op, kind, target, args, token, status, undoes }) => ({
      op,
      kind,
      target,
      args,
      token,
      status,
      undoes,
    }))
    .sort((a, b) => (a.op < b.op ? -1 : 1)),
})

/** Runs until the process is killed at that point, or until the end; whether it got there. */
const live = async (stage: Stage, answer: Answering, killAt: number | undefined): Promise<boolean> => {
  const trap = createTrap(killAt)
  stage.world.trap = trap
  const dying = boot(stage, { answer }).then(({ run }) => run())
  const how = await Promise.race([dying.then(({ how }) => how), trap.killed])
  await trap.settled()
  return how !== 'killed'
}

const finalOf = async (stage: Stage, answer: Answering): Promise<IncidentState> => {
  stage.world.trap = createTrap()
  const { run } = await boot(stage, { answer })
  const ending = await run()
  expect(ending.how).toBe('ended')
  expect(replay(await entriesOf(stage))).toEqual({ ok: true, value: ending.state })
  return ending.state
}

type Story = {
  readonly stage: () => Stage
  readonly answer: Answering
  /** Side by side, either may come first. */
  readonly inOrder?: false
  /** Exactly this is done in the world, in this order, however often the process dies. */
  readonly done: readonly string[]
  readonly values: readonly (readonly [string, string])[]
}

/** Takes back what can be taken back after a failure, then goes on. */
const undoing: Answering = question => {
  const undoable = question.options.some(({ key }) => key === 'undo')
  if (question.kind === 'failed') return by(question, undoable ? 'undo' : 'continue')
  return saying({})(question)
}

const STORIES: { readonly [name: string]: Story } = {
  'an action that succeeds': {
    stage: () => stageFor(newWorld(...TARGETS), runbook(mend, end('over'))),
    answer: saying({}),
    done: ['a=new', 'b=new', 'c=new'],
    values: TARGETS.map(target => [target, 'new']),
  },
  'an action whose last op fails, and its undo': {
    stage: () => stageFor(failingAt(newWorld(...TARGETS), 'c=new'), runbook(mend, end('over', 'unresolved'))),
    answer: undoing,
    done: ['a=new', 'b=new', 'b=old', 'mark b', 'a=old', 'mark a'],
    values: TARGETS.map(target => [target, 'old']),
  },
  'an action that takes a plan for each': {
    stage: () => stageFor({ ...newWorld(...TARGETS), atOnce: 1 }, runbook(mend, end('over'))),
    answer: saying({}),
    done: ['a=new', 'b=new', 'c=new'],
    values: TARGETS.map(target => [target, 'new']),
  },
  'an action whose third plan fails, and the undo of all': {
    stage: () =>
      stageFor(
        failingAt({ ...newWorld(...TARGETS), atOnce: 1 }, 'c=new'),
        runbook(mend, end('over', 'unresolved')),
      ),
    answer: undoing,
    done: ['a=new', 'b=new', 'b=old', 'mark b', 'a=old', 'mark a'],
    values: TARGETS.map(target => [target, 'old']),
  },
  'an action that works on all at once': {
    stage: () => stageFor({ ...newWorld(...TARGETS), together: true }, runbook(mend, end('over'))),
    answer: saying({}),
    done: ['a=new', 'b=new', 'c=new'],
    values: TARGETS.map(target => [target, 'new']),
  },
  'actions in branches side by side': {
    stage: () => {
      const branches = { left: [setting('mend', 'a', 'b'), notify('tell')], right: [setting('move', 'c')] }
      return stageFor(newWorld(...TARGETS), runbook(parallel('both', branches), end('over')))
    },
    answer: saying({}),
    inOrder: false,
    done: ['a=new', 'b=new', 'c=new'],
    values: TARGETS.map(target => [target, 'new']),
  },
  'an action for every item, two at a time': {
    stage: () => {
      const fan = each('fan', [setting('mend', { cel: 'item' })], {
        each: { literal: TARGETS },
        maxParallel: 2,
      })
      return stageFor(newWorld(...TARGETS), runbook(fan, end('over')))
    },
    answer: saying({}),
    inOrder: false,
    done: ['a=new', 'b=new', 'c=new'],
    values: TARGETS.map(target => [target, 'new']),
  },
  'a branch that fails, and the undo of all that was done side by side': {
    stage: () => {
      const failing = failingAt(newWorld(...TARGETS), 'b=new')
      const branches = { left: [setting('mend', 'c')], right: [setting('move', 'a', 'b')] }
      const both = parallel('both', branches, { onFailure: { do: 'undo' } })
      return stageFor(failing, runbook(setting('first', 'c'), both, end('over', 'unresolved')))
    },
    answer: question => {
      if (question.kind !== 'failed') return saying({})(question)
      return by(question, question.step === 'move' ? 'leave' : 'continue')
    },
    done: ['c=new', 'a=new', 'a=old', 'mark a'],
    values: [
      ['a', 'old'],
      ['b', 'old'],
      ['c', 'new'],
    ],
  },
}

/** An action that sets those to `new`. */
const setting = (id: string, ...targets: readonly (string | Template)[]) =>
  action(id, {
    action: 'world.set',
    with: {
      targets: { list: targets.map(target => (typeof target === 'string' ? { literal: target } : target)) },
      to: { literal: 'new' },
    },
  })

const failingAt = (world: World, change: string): World => {
  world.failing.set(change, KNOWN)
  return world
}

/** One run without a kill: what it comes to, and where it could have been killed. */
const undisturbed = async ({ stage, answer }: Story) => {
  const clean = stage()
  const trap = createTrap()
  clean.world.trap = trap
  const { run } = await boot(clean, { answer })
  return { expected: essence((await run()).state), points: trap.passed, world: clean.world }
}

/** Points 0 and 1 are before and after the first line: without it there is no incident yet. */
const FIRST = 1

describe.each(Object.entries(STORIES))('%s', (_name, story) => {
  it('does what it should when nobody kills it', async () => {
    const { expected, world } = await undisturbed(story)
    expect(expected.status).toBe('ended')
    expect(story.inOrder === false ? [...world.done].sort() : world.done).toEqual(story.done)
    expect([...world.values]).toEqual(story.values)
  })

  it('does each change exactly once and ends the same, wherever it is killed and resumed', async () => {
    const { expected, points } = await undisturbed(story)
    expect(points.filter(point => point.startsWith('before op.started')).length).toBeGreaterThanOrEqual(3)
    for (let point = FIRST; point < points.length; point += 1) {
      const stage = story.stage()
      expect(await live(stage, story.answer, point), points[point]).toBe(false)
      const state = await finalOf(stage, story.answer)
      expect([...stage.world.done].sort(), points[point]).toEqual([...story.done].sort())
      expect([...stage.world.values], points[point]).toEqual(story.values)
      expect(essence(state), points[point]).toEqual(expected)
      for (const tokens of stage.world.tokens.values()) expect(new Set(tokens).size).toBe(1)
    }
  })

  it('survives being killed again and again', async () => {
    const { expected } = await undisturbed(story)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: FIRST, max: 40 }), { minLength: 2, maxLength: 6 }),
        async kills => {
          const stage = story.stage()
          for (const kill of kills) if (await live(stage, story.answer, kill)) break
          const state = await finalOf(stage, story.answer)
          expect([...stage.world.done].sort()).toEqual([...story.done].sort())
          expect([...stage.world.values]).toEqual(story.values)
          expect(essence(state)).toEqual(expected)
        },
      ),
      { numRuns: 15 },
    )
  })
})
