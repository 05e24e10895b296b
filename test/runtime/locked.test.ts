import { describe, expect, it } from 'vitest'
import { fail, ok } from '../../src/domain/result.js'
import type { Locks } from '../../src/runtime/locks.js'
import { action, end, runbook } from '../engine/histories.js'
import { boot, stageFor, typesOf } from './process.js'
import { newWorld } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b', 'c'] }, to: { literal: 'new' } },
})

/** Locks that count, as if each plan had one resource; or that somebody else has. */
const lockSet = (free: () => boolean): Locks => {
  let held = false
  return {
    acquire: async () => {
      if (!free()) return fail('lock.held', 'cluster:c1 is being worked on under i-2', 'wait until i-2 ends')
      const taken = held ? [] : ['cluster:c1']
      held = true
      return ok(taken)
    },
    releaseAll: async () => {
      const released = held ? ['cluster:c1'] : []
      held = false
      return released
    },
  }
}

const pausedInside = async () => {
  const stage = stageFor(newWorld('a', 'b', 'c'), runbook(mend, end('over')))
  const first = await boot(stage, { deps: { locks: lockSet(() => true) } })
  stage.world.during = () => first.stop.request('Ctrl-C')
  await first.run()
  stage.world.during = () => {}
  return stage
}

describe('the locks of a plan', () => {
  it('are let go of when the incident pauses, on record', async () => {
    const types = await typesOf(await pausedInside())
    expect(types.filter(type => type.startsWith('lock.'))).toEqual(['lock.taken', 'lock.released'])
    expect(types.slice(-2)).toEqual(['lock.released', 'incident.paused'])
  })

  it('are taken again before its apply goes on', async () => {
    const stage = await pausedInside()
    const { run } = await boot(stage, { deps: { locks: lockSet(() => true) } })
    expect((await run()).how).toBe('ended')
    expect((await typesOf(stage)).filter(type => type === 'lock.taken')).toHaveLength(2)
    expect(stage.world.done).toEqual(['a=new', 'b=new', 'c=new'])
  })

  it('that somebody else took meanwhile pause it again, with nothing done', async () => {
    const stage = await pausedInside()
    const { run } = await boot(stage, { deps: { locks: lockSet(() => false) } })
    expect(await run()).toMatchObject({
      how: 'paused',
      reason: 'cluster:c1 is being worked on under i-2; wait until i-2 ends',
    })
    expect(stage.world.done).toEqual(['a=new'])
    const last = await boot(stage, { deps: { locks: lockSet(() => true) } })
    expect((await last.run()).how).toBe('ended')
    expect(stage.world.done).toEqual(['a=new', 'b=new', 'c=new'])
  })
})
