import { describe, expect, it } from 'vitest'
import { entryOf, valuesOf } from '../../src/domain/table.js'
import { action, check, end, runbook, wait } from '../engine/histories.js'
import { boot, entriesOf, type Stage, stageFor, typesOf } from './process.js'
import { createTrap } from './trap.js'
import { checksIn, newWorld, type World } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b', 'c'] }, to: { literal: 'new' } },
})

const stageOf = (world: World): Stage => stageFor(world, runbook(mend, end('over')))

/** Something to wait at until it is opened. */
const gate = () => {
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open: () => open() }
}

const until = async (seen: () => boolean): Promise<void> => {
  while (!seen()) await new Promise(resolve => setImmediate(resolve))
}

/** A process that is gone right after it wrote the first event of that type. */
const dieAfter = async (stage: Stage, type: string): Promise<void> => {
  const rehearsal = stageFor({ ...newWorld('a', 'b', 'c'), together: stage.world.together }, stage.definition)
  await (await boot(rehearsal)).run()
  const trap = createTrap(rehearsal.world.trap.passed.indexOf(`after ${type}`))
  stage.world.trap = trap
  const { run } = await boot(stage)
  await Promise.race([run(), trap.killed])
  await trap.settled()
  stage.world.trap = createTrap()
}

describe('a stop', () => {
  it('lets the op in flight finish, starts no other, and pauses', async () => {
    const stage = stageOf(newWorld('a', 'b', 'c'))
    const { run, stop } = await boot(stage)
    stage.world.during = change => {
      if (change === 'a=new') stop.request('Ctrl-C')
    }
    const ending = await run()
    expect(ending).toMatchObject({ how: 'paused', reason: 'Ctrl-C' })
    expect(stage.world.done).toEqual(['a=new'])
    expect((await typesOf(stage)).slice(-3)).toEqual(['op.started', 'op.finished', 'incident.paused'])
  })

  it('lets every op in flight finish where several run side by side', async () => {
    const stage = stageOf({ ...newWorld('a', 'b', 'c'), together: true })
    const { run, stop } = await boot(stage)
    const last = gate()
    stage.world.during = change => {
      if (change !== 'c=new') return last.opened
      stop.request('Ctrl-C')
      last.open()
    }
    expect((await run()).how).toBe('paused')
    expect(stage.world.done.toSorted()).toEqual(['a=new', 'b=new', 'c=new'])
    const states = valuesOf((await boot(stage)).ledger.state().ops).map(({ status }) => status)
    expect(states).toEqual(['finished', 'finished', 'finished'])
  })

  it('waits for an op in flight though another one may not start any more', async () => {
    const world = { ...newWorld('a', 'b', 'c'), together: true }
    const stage = stageOf(world)
    await dieAfter(stage, 'op.started')
    const [hanging, slow] = [gate(), gate()]
    world.probing = () => hanging.opened
    world.during = change => (change === 'b=new' ? slow.opened : undefined)
    const { run, stop, ledger } = await boot(stage)
    let ended = false
    const ending = run().finally(() => {
      ended = true
    })
    // `a` is being looked up, `b` is in flight.
    await until(() => world.tokens.has('b=new'))
    stop.request('Ctrl-C')
    await until(() => entryOf(ledger.state().ops, 'main/mend#1/set@c')?.status === 'finished')
    expect(ended).toBe(false)
    slow.open()
    expect((await ending).how).toBe('paused')
    expect(world.done.toSorted()).toEqual(['b=new', 'c=new'])
    expect(entryOf(ledger.state().ops, 'main/mend#1/set@b')?.status).toBe('finished')
    // what became of `a` nobody has said: it is still in doubt
    expect(entryOf(ledger.state().ops, 'main/mend#1/set@a')?.status).toBe('started')
  })

  it('does not wait for a check that hangs, and a resume looks again', async () => {
    const looking = gate()
    const stage = stageFor(newWorld('a'), runbook(check('look', { check: 'world.check' }), end('over')))
    const [spec] = Object.values(checksIn(stage.world))
    const hanging = async () => {
      looking.open()
      return new Promise<never>(() => {})
    }
    const checks = { 'world.check': { ...spec!, load: async () => ({ run: hanging }) } }
    const { run, stop } = await boot(stage, { deps: { checks } })
    const ending = run()
    await looking.opened
    stop.request('Ctrl-C')
    expect(await ending).toMatchObject({ how: 'paused', reason: 'Ctrl-C' })
    stage.world.values.set('a', 'new')
    expect((await (await boot(stage)).run()).state.outcome).toBe('resolved')
    expect((await typesOf(stage)).filter(type => type === 'check.observed')).toHaveLength(1)
  })

  it('is resumed with the question how to go on, and then does only what is left', async () => {
    const stage = stageOf(newWorld('a', 'b', 'c'))
    const first = await boot(stage)
    stage.world.during = () => first.stop.request('Ctrl-C')
    await first.run()
    stage.world.during = () => {}
    const second = await boot(stage)
    expect((await second.run()).state.outcome).toBe('resolved')
    expect(second.asked.map(({ kind }) => kind)).toEqual(['interrupted'])
    expect(stage.world.done).toEqual(['a=new', 'b=new', 'c=new'])
  })

  it('ends a wait at once, which goes on to the same moment when it is resumed', async () => {
    const stage = stageFor(newWorld(), runbook(wait('pause', 120_000), end('over')))
    const { run, stop } = await boot(stage, {
      wrap: journal => ({
        ...journal,
        append: (event, sync) => {
          if (event.type === 'step.entered') stop.request('Ctrl-C')
          return journal.append(event, sync)
        },
      }),
    })
    const began = stage.clock.now()
    expect((await run()).how).toBe('paused')
    expect(stage.clock.now()).toBe(began)
    expect((await (await boot(stage)).run()).how).toBe('ended')
    expect(stage.clock.now()).toBe(began + 120_000)
  })

  it('in an undo lets the op in flight finish, and the undo goes on when it is resumed', async () => {
    const world = newWorld('a', 'b', 'c')
    world.sends = true
    world.failing.set('send', { kind: 'environment', code: 'target.refused', message: 'no.', next: 'look' })
    const stage = stageOf(world)
    const answer = (question: { kind: string; options: readonly { key: string }[] }) => {
      const undoable = question.options.some(({ key }) => key === 'undo')
      const going = { gate: 'approve', interrupted: 'continue' }[question.kind]
      const option = going ?? (undoable ? 'undo' : 'abort')
      return { option, by: 'operator' as const }
    }
    const first = await boot(stage, { answer })
    world.during = change => {
      if (change === 'c=old') first.stop.request('Ctrl-C')
    }
    expect((await first.run()).how).toBe('paused')
    expect(world.done).toEqual(['a=new', 'b=new', 'c=new', 'c=old'])
    world.during = () => {}
    await (await boot(stage, { answer })).run()
    expect(world.done.slice(4)).toEqual(['mark c', 'b=old', 'mark b', 'a=old', 'mark a'])
  })

  it('before anything ran pauses with nothing done', async () => {
    const stage = stageOf(newWorld('a'))
    const { run, stop } = await boot(stage)
    stop.request('SIGTERM')
    expect((await run()).how).toBe('paused')
    expect(await typesOf(stage)).toEqual(['incident.opened', 'incident.paused'])
  })

  it('keeps its first reason', async () => {
    const stage = stageOf(newWorld('a'))
    const { run, stop } = await boot(stage)
    stop.request('SIGTERM')
    stop.request('Ctrl-C')
    expect(await run()).toMatchObject({ reason: 'SIGTERM' })
  })
})

describe('a journal that breaks', () => {
  const breakingAt = (type: string) => ({
    wrap: (journal: Parameters<NonNullable<Parameters<typeof boot>[1]>['wrap'] & {}>[0]) => ({
      ...journal,
      append: async (event: Parameters<typeof journal.append>[0], sync: boolean) => {
        if (event.type !== type) return journal.append(event, sync)
        return {
          ok: false as const,
          failure: {
            kind: 'environment' as const,
            code: 'journal.unwritable' as const,
            message: 'no space left.',
            next: 'mend the disk',
          },
        }
      },
    }),
  })

  it.each(['op.started', 'apply.started', 'gate.decided', 'question.asked', 'plan.made'])(
    'at %s stops everything: nothing is done that is not on record',
    async type => {
      const stage = stageOf(newWorld('a', 'b', 'c'))
      const { run, ledger } = await boot(stage, breakingAt(type))
      const ending = await run()
      expect(ending).toMatchObject({ how: 'broken', failure: { code: 'journal.unwritable' } })
      expect(stage.world.done).toEqual([])
      expect(await typesOf(stage)).not.toContain(type)
      expect(valuesOf(ledger.state().ops)).toEqual([])
    },
  )

  it('at `op.finished` stops after that op, which is in doubt for whoever resumes', async () => {
    const stage = stageOf(newWorld('a', 'b', 'c'))
    const { run } = await boot(stage, breakingAt('op.finished'))
    expect((await run()).how).toBe('broken')
    expect(stage.world.done).toEqual(['a=new'])
    const { state } = await (await boot(stage)).run()
    expect(state.outcome).toBe('resolved')
    expect(stage.world.done).toEqual(['a=new', 'b=new', 'c=new'])
  })

  it('writes nothing more, whoever asks', async () => {
    const stage = stageFor(newWorld('a'), runbook(check('look', { check: 'world.check' })))
    const { run, ledger, notices } = await boot(stage, breakingAt('check.observed'))
    await run()
    await stage.world.trap.settled()
    const before = (await entriesOf(stage)).length
    const late = ledger.append({ type: 'note.added', data: { text: 'too late' } }).then(() => 'written')
    const turn = new Promise(resolve => setTimeout(() => resolve('nothing'), 20))
    expect(await Promise.race([late, turn])).toBe('nothing')
    expect((await entriesOf(stage)).length).toBe(before)
    expect(notices).toHaveLength(before)
  })
})

describe('the ledger', () => {
  it('announces each event once, in order, with its raw line and the state after it', async () => {
    const stage = stageOf(newWorld('a', 'b', 'c'))
    const { run, notices } = await boot(stage)
    const { state } = await run()
    const lines = (await entriesOf(stage)).map(({ hash }) => hash)
    expect(notices.map(({ line }) => JSON.parse(line).hash)).toEqual(lines)
    expect(notices.at(-1)?.state).toEqual(state)
  })

  it('refuses an event that the engine does not accept, writes nothing, and goes on', async () => {
    const stage = stageOf(newWorld('a'))
    const { ledger } = await boot(stage)
    await expect(
      ledger.append({ type: 'timer.fired', frame: 'main', data: { step: 'mend', visit: 1, due: '' } }),
    ).rejects.toThrow('timer.fired is not accepted in phase arriving')
    await ledger.append({ type: 'note.added', data: { text: 'still here' } })
    expect(await typesOf(stage)).toEqual(['incident.opened', 'note.added'])
  })
})
