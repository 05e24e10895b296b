import { describe, expect, it } from 'vitest'
import type { Question } from '../../src/domain/question.js'
import { action, check, end, runbook } from '../engine/histories.js'
import { boot, by, entriesOf, type Stage, saying, stageFor } from './process.js'
import { KNOWN, newWorld, type World } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b', 'c'] }, to: { literal: 'new' } },
})

/** Takes back whatever can be taken back, as often as it is offered up to that many times, then goes on. */
const undoing = (times = 1) => {
  let left = times
  return (question: Question) => {
    if (question.kind !== 'failed') return saying({})(question)
    const offered = question.options.some(({ key }) => key === 'undo') && left > 0
    left -= offered ? 1 : 0
    return by(question, offered ? 'undo' : 'continue')
  }
}

const failingAt = (change: string, more: Partial<World> = {}): Stage => {
  const stage = stageFor({ ...newWorld('a', 'b', 'c'), ...more }, runbook(mend, end('over')))
  stage.world.failing.set(change, KNOWN)
  return stage
}

const finishedUndos = async (stage: Stage) =>
  (await entriesOf(stage)).flatMap(({ type, data }) => (type === 'undo.finished' ? [data] : []))

describe('undo after a failure', () => {
  it('takes back what was done, newest first, and leaves what failed alone', async () => {
    const stage = failingAt('c=new')
    const { state } = await (await boot(stage, { answer: undoing() })).run()
    expect(stage.world.done).toEqual(['a=new', 'b=new', 'b=old', 'mark b', 'a=old', 'mark a'])
    expect([...stage.world.values.values()]).toEqual(['old', 'old', 'old'])
    expect(await finishedUndos(stage)).toMatchObject([{ outcome: 'undone', left: [] }])
    expect(state.frames.main?.results.mend).toMatchObject({ outcome: 'undone' })
  })

  it('says in the journal what it is about to take back, before it does', async () => {
    const stage = failingAt('c=new')
    await (await boot(stage, { answer: undoing() })).run()
    const entries = await entriesOf(stage)
    const started = entries.findIndex(({ type }) => type === 'undo.started')
    expect(entries[started]?.data).toMatchObject({ of: [{ step: 'mend', visit: 1 }], by: 'operator' })
    const applied = entries.findIndex(({ type, frame }) => type === 'apply.started' && frame === 'undo#1')
    const plans = entries
      .slice(started, applied)
      .flatMap(({ type, data }) => (type === 'plan.made' ? [data.plan?.changes ?? []] : []))
    expect(plans.map(changes => changes.map(({ verb, resource }) => `${verb} ${resource}`))).toEqual([
      ['set b', 'mark b', 'set a', 'mark a'],
    ])
    expect(entries.slice(started, applied).some(({ type }) => type === 'op.started')).toBe(false)
    const after = entries.slice(started + 1).flatMap(({ type, data }) => (type === 'op.started' ? [data] : []))
    expect(after.map(({ undoes, kind, target }) => [undoes, kind, target])).toEqual([
      ['main/mend#1/set@b', 'set', 'b'],
      ['main/mend#1/set@b', 'mark', 'b'],
      ['main/mend#1/set@a', 'set', 'a'],
      ['main/mend#1/set@a', 'mark', 'a'],
    ])
    expect(new Set(after.map(({ op }) => op)).size).toBe(4)
  })

  it('lists what is irreversible, and takes back the rest', async () => {
    const stage = stageFor(
      { ...newWorld('a', 'b', 'c'), sends: true },
      runbook(
        { ...mend, verify: { again: 'never', hold: 0, within: 0, every: 1 } },
        end('over'),
        check('never', { check: 'world.check' }),
      ),
    )
    stage.world.during = change => {
      if (change === 'send') stage.world.values.set('a', 'spoiled')
    }
    await (await boot(stage, { answer: undoing() })).run()
    expect(stage.world.done.slice(0, 4)).toEqual(['a=new', 'b=new', 'c=new', 'send'])
    expect(stage.world.done.slice(4)).toEqual(['c=old', 'mark c', 'b=old', 'mark b', 'a=old', 'mark a'])
    expect(await finishedUndos(stage)).toMatchObject([
      { outcome: 'failed', left: ['send on all: cannot be undone'] },
    ])
  })

  it('stops at the first that fails, and says what it did not try', async () => {
    const stage = failingAt('c=new')
    stage.world.failing.set('b=old', KNOWN)
    await (await boot(stage, { answer: undoing() })).run()
    expect(stage.world.done).toEqual(['a=new', 'b=new'])
    expect(await finishedUndos(stage)).toMatchObject([
      {
        outcome: 'failed',
        left: [`set on b: ${KNOWN.message}`, 'set on a: not tried, because of that'],
      },
    ])
  })

  it('can be tried again, and goes on where it failed', async () => {
    const stage = failingAt('c=new')
    stage.world.failing.set('mark b', KNOWN)
    stage.world.during = change => {
      if (change === 'mark b' && stage.world.tokens.get('mark b')?.length === 2)
        stage.world.failing.delete('mark b')
    }
    await (await boot(stage, { answer: undoing(2) })).run()
    expect(stage.world.done).toEqual(['a=new', 'b=new', 'b=old', 'mark b', 'a=old', 'mark a'])
    expect(new Set(stage.world.tokens.get('mark b')).size).toBe(1)
    expect(await finishedUndos(stage)).toMatchObject([{ outcome: 'failed' }, { outcome: 'undone' }])
  })

  it('touches only the visit that failed', async () => {
    const stage = failingAt('b=new')
    let visits = 0
    const { run } = await boot(stage, {
      answer: question => {
        if (question.kind !== 'failed') return saying({})(question)
        visits += 1
        if (visits === 1) return by(question, 'retry')
        return by(question, question.options.some(({ key }) => key === 'undo') ? 'undo' : 'continue')
      },
    })
    await run()
    // The second visit found `a` set already: nothing of it was done there, so there is nothing to take back.
    expect(stage.world.done).toEqual(['a=new'])
  })
})
