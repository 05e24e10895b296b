import { describe, expect, it } from 'vitest'
import { failure } from '../../src/domain/result.js'
import { entryOf } from '../../src/domain/table.js'
import { action, end, runbook } from '../engine/histories.js'
import { type Answering, boot, by, entriesOf, type Stage, saying, stageFor } from './process.js'
import { newWorld, type World } from './world.js'

const EXPIRED = failure('ec2.credentials', 'set: the credentials are over.', 'renew them')
const DENIED = failure('ec2.auth', 'set: UnauthorizedOperation.', 'ask for the permission')

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b'] }, to: { literal: 'new' } },
})

const stageWith = (world: World): Stage => stageFor(world, runbook(mend, end('over')))

/** Says that they are renewed, and they are. */
const renewing =
  (world: World): Answering =>
  question => {
    if (question.kind === 'credentials') world.failing.clear()
    return saying({ credentials: 'continue' })(question)
  }

const typesOf = async (stage: Stage, target: string) =>
  (await entriesOf(stage)).flatMap(({ type, data }) =>
    type.startsWith('op.') && 'target' in data && data.target === target ? [type] : [],
  )

describe('an op that is turned away for its credentials', () => {
  it('waits for other ones, and is sent again with the same token; nothing has failed', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('b=new', EXPIRED)
    const stage = stageWith(world)
    const { run, asked } = await boot(stage, { answer: renewing(world) })
    const { state } = await run()
    expect(state.outcome).toBe('resolved')
    expect(world.done).toEqual(['a=new', 'b=new'])
    expect(new Set(world.tokens.get('b=new'))).toHaveProperty('size', 1)
    expect(asked.filter(({ kind }) => kind === 'credentials')).toHaveLength(1)
    expect(state.failures).toBe(0)
  })

  it('waits in the same way where those that were renewed are of another account', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('a=new', failure('account.mismatch', 'set: they are of another account.', 'use others'))
    const { run, asked } = await boot(stageWith(world), { answer: renewing(world) })
    expect((await run()).state.outcome).toBe('resolved')
    expect(asked.filter(({ kind }) => kind === 'credentials')).toHaveLength(1)
    expect(world.done).toEqual(['a=new', 'b=new'])
  })

  it('is on record as not done before anybody is asked, and who went on is, too', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('a=new', EXPIRED)
    const stage = stageWith(world)
    await (await boot(stage, { answer: renewing(world) })).run()
    expect(await typesOf(stage, 'a')).toEqual(['op.started', 'op.resolved', 'op.started', 'op.finished'])
    const entries = await entriesOf(stage)
    const at = (type: string) => entries.findIndex(entry => entry.type === type)
    expect(entries[at('op.resolved')]).toMatchObject({
      actor: 'engine',
      data: { verdict: 'not-done', failure: { code: 'ec2.credentials' } },
    })
    const question = entries.findIndex(
      ({ type, data }) => type === 'question.asked' && data.question.kind === 'credentials',
    )
    expect(question).toBeGreaterThan(at('op.resolved'))
    expect(entries[at('note.added')]).toMatchObject({ actor: 'operator' })
    expect(at('note.added')).toBeGreaterThan(question)
  })

  it('pauses the incident where nobody answers, and a resume sends it with the same token', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('a=new', EXPIRED)
    const stage = stageWith(world)
    const first = await (await boot(stage)).run()
    expect(first.how).toBe('paused')
    expect(entryOf(first.state.ops, 'main/mend#1/set@a')?.status).toBe('not-done')
    world.failing.clear()
    const { run, asked } = await boot(stage)
    expect((await run()).state.outcome).toBe('resolved')
    expect(asked.map(({ kind }) => kind)).toEqual(['interrupted'])
    expect(world.done).toEqual(['a=new', 'b=new'])
    expect(new Set(world.tokens.get('a=new')).size).toBe(1)
  })

  it('is asked about again where they are not renewed after all', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('a=new', EXPIRED)
    let asked = 0
    const answer: Answering = question => {
      if (question.kind !== 'credentials') return saying({})(question)
      asked += 1
      if (asked === 3) world.failing.clear()
      return by(question, 'continue')
    }
    const { state } = await (await boot(stageWith(world), { answer })).run()
    expect([asked, state.outcome, world.done.length]).toEqual([3, 'resolved', 2])
  })

  it('has failed where it is given up, and a replay goes by that', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('a=new', EXPIRED)
    const stage = stageWith(world)
    const words = { credentials: 'give-up', failed: 'abort' } as const
    const { state } = await (await boot(stage, { answer: saying(words) })).run()
    expect(state.outcome).toBe('aborted')
    expect(world.done).toEqual([])
    expect(await typesOf(stage, 'a')).toEqual(['op.started', 'op.resolved', 'op.refused'])
  })

  it('asks once for all that wait side by side', async () => {
    const world = newWorld('a', 'b', 'c')
    world.together = true
    for (const target of ['a', 'b', 'c']) world.failing.set(`${target}=new`, EXPIRED)
    const all = { ...mend, with: { targets: { literal: ['a', 'b', 'c'] }, to: { literal: 'new' } } }
    const stage = stageFor(world, runbook(all, end('over')))
    const { run, asked } = await boot(stage, { answer: renewing(world) })
    expect((await run()).state.outcome).toBe('resolved')
    expect(asked.filter(({ kind }) => kind === 'credentials')).toHaveLength(1)
    expect([...world.done].sort()).toEqual(['a=new', 'b=new', 'c=new'])
  })

  it('of an undo waits in the same way', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('b=new', DENIED)
    world.failing.set('a=old', EXPIRED)
    const answer: Answering = question => {
      if (question.kind === 'credentials') world.failing.delete('a=old')
      const next = world.done.includes('a=old') ? 'abort' : 'undo'
      return saying({ failed: next, credentials: 'continue' })(question)
    }
    const { run, asked } = await boot(stageWith(world), { answer })
    await run()
    expect(world.done).toEqual(['a=new', 'a=old', 'mark a'])
    expect(asked.filter(({ kind }) => kind === 'credentials')).toHaveLength(1)
  })
})

it('a missing permission is no such thing: the op has failed', async () => {
  const world = newWorld('a', 'b')
  world.failing.set('a=new', DENIED)
  const stage = stageWith(world)
  const { run, asked } = await boot(stage, { answer: saying({ failed: 'abort' }) })
  const { state } = await run()
  expect(asked.map(({ kind }) => kind)).not.toContain('credentials')
  expect(state.failures).toBe(1)
  expect(await typesOf(stage, 'a')).toEqual(['op.started', 'op.failed'])
})
