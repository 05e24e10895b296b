import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/domain/table.js'
import { tokenOf } from '../../src/runtime/digest.js'
import { action, end, runbook } from '../engine/histories.js'
import { boot, entriesOf, saying, stageFor, textOf, typesOf } from './process.js'
import { AMBIGUOUS, KNOWN, newWorld } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b'] }, to: { literal: 'new' } },
})

describe('write-ahead', () => {
  it('has `op.started`, with its arguments and token, in the file before the effect runs', async () => {
    const world = newWorld('a', 'b')
    const stage = stageFor(world, runbook(mend, end('over')))
    const lastLines: string[] = []
    world.during = () => {
      lastLines.push(textOf(stage).trimEnd().split('\n').at(-1) ?? '')
    }
    await (await boot(stage)).run()
    expect(lastLines.map(line => JSON.parse(line))).toMatchObject(
      ['a', 'b'].map(target => ({
        type: 'op.started',
        data: {
          op: `main/mend#1/set@${target}`,
          args: { target, from: 'old', to: 'new' },
          token: world.tokens.get(`${target}=new`)?.[0],
        },
      })),
    )
  })

  it('has the consent and the start of the apply in the file before the first effect', async () => {
    const world = newWorld('a', 'b')
    const stage = stageFor(world, runbook(mend, end('over')))
    let before: string[] = []
    world.during = async () => {
      if (before.length === 0) before = await typesOf(stage)
    }
    await (await boot(stage)).run()
    expect(before.slice(-4)).toEqual(['question.asked', 'gate.decided', 'apply.started', 'op.started'])
  })

  it.each([
    ['a person answers', true, ['question.asked', 'gate.decided']],
    ['nobody is there', false, []],
  ])('asks for the disk wherever something acts on the line, and %s', async (_who, attended, spoken) => {
    const synced = new Map<string, boolean>()
    const stage = stageFor(newWorld('a', 'b'), runbook(mend, end('over')))
    const { run } = await boot(stage, {
      attended,
      wrap: journal => ({
        ...journal,
        append: (event, sync) => {
          synced.set(event.type, sync)
          return journal.append(event, sync)
        },
      }),
    })
    await run()
    expect([...synced].filter(([, sync]) => sync).map(([type]) => type)).toEqual([
      'incident.opened',
      ...spoken,
      'op.started',
      'op.finished',
      'incident.ended',
    ])
  })

  it('writes each outcome before the next op starts', async () => {
    const stage = stageFor(newWorld('a', 'b'), runbook(mend, end('over')))
    await (await boot(stage)).run()
    const ops = (await entriesOf(stage)).filter(({ type }) => type.startsWith('op.'))
    expect(ops.map(({ type }) => type)).toEqual(['op.started', 'op.finished', 'op.started', 'op.finished'])
  })

  it('writes a failure as what it is, and starts nothing after it', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('a=new', KNOWN)
    const stage = stageFor(world, runbook(mend, end('over')))
    const { run } = await boot(stage, { answer: saying({ failed: 'abort' }) })
    await run()
    const ops = (await entriesOf(stage)).filter(({ type }) => type.startsWith('op.'))
    expect(ops).toMatchObject([{ type: 'op.started' }, { type: 'op.failed', data: { failure: KNOWN } }])
    expect(world.done).toEqual([])
  })
})

describe('an answer that is lost', () => {
  it('is looked up at once, and found to be done', async () => {
    const world = newWorld('a', 'b')
    world.lost.add('a=new')
    const stage = stageFor(world, runbook(mend, end('over')))
    expect((await (await boot(stage)).run()).state.outcome).toBe('resolved')
    expect(world.done).toEqual(['a=new', 'b=new'])
    const resolved = (await entriesOf(stage)).find(({ type }) => type === 'op.resolved')
    expect(resolved?.data).toMatchObject({ verdict: 'done', by: 'engine', evidence: 'a is new' })
  })

  it('to something that did not happen is a failure, with what was seen, and nothing is in doubt', async () => {
    const world = newWorld('a', 'b')
    world.failing.set('a=new', AMBIGUOUS)
    const stage = stageFor(world, runbook(mend, end('over')))
    const { run, asked } = await boot(stage, { answer: saying({ failed: 'abort' }) })
    const { state } = await run()
    expect(entryOf(state.ops, 'main/mend#1/set@a')).toMatchObject({
      status: 'failed',
      failure: { code: 'ec2.ambiguous', message: 'the answer was lost; it was not done: a is old' },
    })
    expect(asked.map(({ kind }) => kind)).toEqual(['gate', 'failed'])
    expect(world.done).toEqual([])
  })
})

describe('the token of an op', () => {
  it('is the same in every process, and another for another op or incident', () => {
    const token = tokenOf('i-1', 'main/mend#1/set@a')
    expect(tokenOf('i-1', 'main/mend#1/set@a')).toBe(token)
    expect(tokenOf('i-1', 'main/mend#2/set@a')).not.toBe(token)
    expect(tokenOf('i-2', 'main/mend#1/set@a')).not.toBe(token)
  })

  it('fits where EC2 takes it: at most 64 plain characters', () => {
    expect(tokenOf('i'.repeat(200), 'o'.repeat(200))).toMatch(/^[0-9a-f]{1,64}$/)
  })
})
