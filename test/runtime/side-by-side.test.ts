import { describe, expect, it } from 'vitest'
import type { CheckSpec } from '../../src/checks/contract.js'
import { action, ask, check, choice, each, end, parallel, runbook, wait } from '../engine/histories.js'
import { boot, by, entriesOf, type Stage, stageFor } from './process.js'
import { checksIn, newWorld } from './world.js'

/** Sets those values to `new`, one after the other. */
const setting = (id: string, ...targets: readonly string[]) =>
  action(id, {
    action: 'world.set',
    with: { targets: { literal: [...targets] }, to: { literal: 'new' } },
  })

/** A check that fails, and ends its branch with that. */
const failing = check('look', { check: 'world.check', onFailure: { do: 'abort' } })

const typesIn = async (stage: Stage, frame: string): Promise<readonly string[]> =>
  (await entriesOf(stage)).flatMap(entry => (entry.frame === frame ? [entry.type] : []))

/** Resolves when it is let go. */
const door = () => {
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

/** The check fails as soon as that has happened. */
const failingAfter = (happened: Promise<void>): { readonly [name: string]: CheckSpec } => {
  const specs = checksIn(newWorld('a'))
  const run = async () => {
    await happened
    return { verdict: 'fail', output: { old: [] }, summary: 'it fails' } as const
  }
  return { 'world.check': { ...specs['world.check'], load: async () => ({ run }) } as CheckSpec }
}

describe('branches side by side', () => {
  it('finish the op in flight and begin no other when one beside them fails', async () => {
    const world = newWorld('a', 'b')
    const inFlight = door()
    const failed = door()
    world.during = async change => {
      if (change !== 'a=new') return
      inFlight.open()
      await failed.opened
    }
    const stage = stageFor(
      world,
      runbook(
        parallel(
          'both',
          { left: [failing], right: [setting('mend', 'a', 'b')] },
          { onFailure: { do: 'continue' } },
        ),
        end('over'),
      ),
    )
    const { run, ledger } = await boot(stage, { deps: { checks: failingAfter(inFlight.opened) } })
    const ending = run()
    await inFlight.opened
    while (ledger.state().frames['main/both#1/right']?.stopping === undefined)
      await new Promise(resolve => setImmediate(resolve))
    failed.open()
    expect(await ending).toMatchObject({ how: 'ended', state: { outcome: 'resolved' } })
    expect(world.done).toEqual(['a=new'])
    const right = await typesIn(stage, 'main/both#1/right')
    expect(right.slice(right.indexOf('op.started'))).toEqual([
      'op.started',
      'op.finished',
      'op.refused',
      'apply.finished',
      'step.finished',
    ])
  })

  it('put their questions one at a time', async () => {
    const open: string[] = []
    let atOnce = 0
    const stage = stageFor(
      newWorld('a'),
      runbook(
        parallel('both', { left: [ask('one', choice('on'))], right: [ask('two', choice('on'))] }),
        end('over'),
      ),
    )
    const { run } = await boot(stage, {
      answer: async question => {
        open.push(question.step)
        atOnce = Math.max(atOnce, open.length)
        await new Promise(resolve => setImmediate(resolve))
        open.pop()
        return by(question, 'on')
      },
    })
    expect((await run()).how).toBe('ended')
    expect(atOnce).toBe(1)
    const about = (await entriesOf(stage)).flatMap(({ type, data }) => {
      if (type === 'question.asked') return [`asked ${data.question.step}`]
      return type === 'question.answered' ? [`answered ${data.step}`] : []
    })
    expect(about).toEqual(['asked one', 'answered one', 'asked two', 'answered two'])
  })

  it('take a question back where what it was about has been stopped', async () => {
    const open = door()
    const stage = stageFor(
      newWorld('a'),
      runbook(
        parallel(
          'both',
          { left: [ask('one', choice('on'))], right: [failing] },
          { onFailure: { do: 'continue' } },
        ),
        end('over'),
      ),
    )
    const { run } = await boot(stage, {
      deps: { checks: failingAfter(open.opened) },
      answer: async (_question, signal) => {
        open.open()
        await new Promise(resolve => signal?.addEventListener('abort', resolve))
        return undefined
      },
    })
    expect(await run()).toMatchObject({ how: 'ended' })
    const answered = (await entriesOf(stage)).filter(({ type }) => type === 'question.answered')
    expect(answered).toEqual([])
  })

  it('say of which item a question is', async () => {
    const fan = each('fan', [ask('one', choice('on'))], { each: { literal: ['c1', 'c2'] } })
    const stage = stageFor(newWorld('a'), runbook(fan, end('over')))
    const { run, asked } = await boot(stage, { answer: question => by(question, 'on') })
    await run()
    expect(asked.map(({ title }) => title)).toEqual(['c1: one', 'c2: one'])
  })

  it('say it of every step around, by the id of an item that has one', async () => {
    const items = [{ id: 'i-1' }, { name: 'without an id' }]
    const fan = each(
      'fan',
      [parallel('both', { left: [ask('one', choice('on'))], right: [wait('pause', 1_000)] })],
      {
        each: { literal: items },
      },
    )
    const stage = stageFor(newWorld('a'), runbook(fan, end('over')))
    const { run, asked } = await boot(stage, { answer: question => by(question, 'on') })
    await run()
    expect(asked.map(({ title }) => title)).toEqual(['i-1, left: one', 'item 2, left: one'])
  })
})
