import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/domain/table.js'
import { action, end, runbook } from '../engine/histories.js'
import { type Answering, boot, by, entriesOf, type Stage, saying, stageFor } from './process.js'
import { createTrap } from './trap.js'
import { AMBIGUOUS, newWorld } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b'] }, to: { literal: 'new' } },
})

/** A stage whose process died before or after `a` was set; `op.started` is on disk. */
const diedAt = async (when: 'before' | 'after'): Promise<Stage> => {
  const stage = stageFor(newWorld('a', 'b'), runbook(mend, end('over')))
  const rehearsal = stageFor(newWorld('a', 'b'), runbook(mend, end('over')))
  await (await boot(rehearsal)).run()
  const trap = createTrap(rehearsal.world.trap.passed.indexOf(`${when} a=new`))
  stage.world.trap = trap
  const { run } = await boot(stage)
  expect(await Promise.race([run(), trap.killed])).toBe('killed')
  stage.world.trap = createTrap()
  return stage
}

const resolvedIn = async (stage: Stage) =>
  (await entriesOf(stage)).filter(({ type }) => type === 'op.resolved').map(({ data }) => data)

describe('an op in doubt after a crash', () => {
  it('that the world says was done is not sent again', async () => {
    const stage = await diedAt('after')
    await (await boot(stage)).run()
    expect(stage.world.done).toEqual(['a=new', 'b=new'])
    expect(stage.world.tokens.get('a=new')).toHaveLength(1)
    expect(await resolvedIn(stage)).toMatchObject([
      { verdict: 'done', result: { change: 'a=new' }, by: 'engine', evidence: 'a is new' },
    ])
  })

  it('that the world says was not done is sent again with the same token', async () => {
    const stage = await diedAt('before')
    await (await boot(stage)).run()
    expect(stage.world.done).toEqual(['a=new', 'b=new'])
    expect(await resolvedIn(stage)).toMatchObject([{ verdict: 'not-done', evidence: 'a is old' }])
    const started = (await entriesOf(stage)).filter(
      ({ type, data }) => type === 'op.started' && 'target' in data && data.target === 'a',
    )
    expect(started).toHaveLength(2)
    expect(started[1]?.data).toEqual(started[0]?.data)
  })

  it('is looked up only after the operator said how to go on', async () => {
    const stage = await diedAt('after')
    const { run } = await boot(stage, { answer: async () => undefined })
    expect(await run()).toMatchObject({ how: 'paused' })
    expect(await resolvedIn(stage)).toEqual([])
  })

  it.each([
    ['after', 'done'],
    ['before', 'not-done'],
  ] as const)(
    'is not left behind an incident that is aborted: it died %s the effect, and that is known to be %s',
    async (when, verdict) => {
      const stage = await diedAt(when)
      const { run, asked } = await boot(stage, { answer: saying({ interrupted: 'abort' }) })
      const done = [...stage.world.done]
      const { state } = await run()
      expect(asked.map(({ kind }) => kind)).toEqual(['interrupted'])
      expect(await resolvedIn(stage)).toMatchObject([{ verdict }])
      expect(stage.world.done).toEqual(done)
      expect(state).toMatchObject({ status: 'ended', outcome: 'aborted' })
    },
  )

  it('is looked up before an undo, and taken back where it was done', async () => {
    const stage = await diedAt('after')
    await (await boot(stage, { answer: saying({ interrupted: 'undo', failed: 'abort' }) })).run()
    expect(stage.world.done).toEqual(['a=new', 'a=old', 'mark a'])
  })

  it('is looked up before an undo, and nothing is taken back where it was not done', async () => {
    const stage = await diedAt('before')
    let times = 0
    const { run, asked } = await boot(stage, {
      answer: question => {
        times += 1
        return saying({ interrupted: times > 5 ? 'abort' : 'undo', failed: 'abort' })(question)
      },
    })
    await run()
    expect(stage.world.done).toEqual([])
    expect(asked.filter(({ kind }) => kind === 'interrupted')).toHaveLength(1)
  })
})

describe('an op of which the world cannot say', () => {
  const blind = async (when: 'before' | 'after'): Promise<Stage> => {
    const stage = await diedAt(when)
    stage.world.blind = true
    return stage
  }

  it('is asked about, with what to look for and nothing recommended', async () => {
    const stage = await blind('after')
    const { run, asked } = await boot(stage, { answer: saying({ 'in-doubt': 'done' }) })
    await run()
    const question = asked.find(({ kind }) => kind === 'in-doubt')
    expect(question).toMatchObject({ step: 'mend', visit: 1, title: 'Did set on a happen?' })
    expect(question?.text).toContain('the value of a')
    expect(question?.text).toContain(stage.world.tokens.get('a=new')?.[0])
    expect(question?.options.filter(({ recommended }) => recommended)).toEqual([])
  })

  it('is not sent again when the operator says that it happened', async () => {
    const stage = await blind('after')
    await (await boot(stage, { answer: saying({ 'in-doubt': 'done' }) })).run()
    expect(stage.world.done).toEqual(['a=new', 'b=new'])
    expect(await resolvedIn(stage)).toMatchObject([{ verdict: 'done', by: 'operator' }])
  })

  it('is sent again, with the same token, when the operator says that it did not happen', async () => {
    const stage = await blind('before')
    await (await boot(stage, { answer: saying({ 'in-doubt': 'not-done' }) })).run()
    expect(stage.world.done).toEqual(['a=new', 'b=new'])
    const [, second, ...more] = (await entriesOf(stage)).filter(({ type }) => type === 'op.started')
    expect(second?.data).toMatchObject({ target: 'a', token: stage.world.tokens.get('a=new')?.[0] })
    expect(more).toHaveLength(1)
  })

  it('is looked up once more where the operator says so', async () => {
    const stage = await blind('after')
    const answer: Answering = question => {
      if (question.kind === 'in-doubt') stage.world.blind = false
      return saying({ 'in-doubt': 'again' })(question)
    }
    await (await boot(stage, { answer })).run()
    expect(stage.world.done).toEqual(['a=new', 'b=new'])
    expect(await resolvedIn(stage)).toMatchObject([{ verdict: 'done', by: 'engine', evidence: 'a is new' }])
  })

  it.each([
    ['an apply that goes on', 'continue'],
    ['an undo', 'undo'],
  ])('pauses the incident when nobody answers, inside %s, and stays in doubt', async (_what, option) => {
    const stage = await blind('after')
    const answer: Answering = question => (question.kind === 'interrupted' ? by(question, option) : undefined)
    const { run, asked } = await boot(stage, { answer })
    const ending = await run()
    expect(ending.how).toBe('paused')
    expect(asked.at(-1)?.kind).toBe('in-doubt')
    expect(entryOf(ending.state.ops, 'main/mend#1/set@a')?.status).toBe('started')
    expect(stage.world.done).toEqual(['a=new'])
  })

  it('pauses the incident when its answer was lost a moment ago and nobody answers', async () => {
    const world = newWorld('a', 'b')
    world.lost.add('a=new')
    world.blind = true
    const stage = stageFor(world, runbook(mend, end('over')))
    const { run } = await boot(stage)
    const ending = await run()
    expect(ending.how).toBe('paused')
    expect(entryOf(ending.state.ops, 'main/mend#1/set@a')?.status).toBe('started')
    world.blind = false
    expect((await (await boot(stage)).run()).state.outcome).toBe('resolved')
    expect(world.done).toEqual(['a=new', 'b=new'])
  })

  it('has failed, for good, when the operator says that what was sent a moment ago did not happen', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('a=new', AMBIGUOUS)
    world.blind = true
    const stage = stageFor(world, runbook(mend, end('over')))
    const { run } = await boot(stage, { answer: saying({ 'in-doubt': 'not-done', failed: 'abort' }) })
    expect(entryOf((await run()).state.ops, 'main/mend#1/set@a')?.status).toBe('failed')
    expect((await entriesOf(stage)).find(({ type }) => type === 'op.failed')?.actor).toBe('operator')
  })
})
