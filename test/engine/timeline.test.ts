import { describe, expect, it } from 'vitest'
import type { Draft } from '../../src/domain/event.js'
import { rowOf } from '../../src/engine/timeline.js'
import { plan, stamp } from './histories.js'

const entered = (frame: string): Draft => ({
  type: 'step.entered',
  frame,
  data: { step: 'look', visit: 1, kind: 'check', title: 'Look' },
})

const planned = (frame: string): Draft => ({
  type: 'plan.made',
  frame,
  data: { step: 'mend', visit: 1, plan: plan() },
})

describe('a line of the timeline', () => {
  it.each([
    ['main', 'look'],
    ['main>2.other', 'look'],
    ['main/both#1/left', 'left.look'],
    ['main/fan#2/0', 'fan[0].look'],
    ['main/fan#2/0/both#1/left', 'fan[0].left.look'],
    ['main/go#1/other', 'other.look'],
    ['main/go#1/other>2.third', 'third.look'],
    ['main>2.other/both#1/left', 'left.look'],
  ])('of the frame %s is about %s', (frame, step) => {
    expect(rowOf(stamp(entered(frame)))?.step).toBe(step)
  })

  it('says that a check which has not passed looks again, and nothing of other waits', () => {
    const fired = { step: 'look', visit: 1, due: '2026-11-23T03:12:10.000Z' }
    const rowFor = (data: typeof fired & { again?: number }) =>
      rowOf(stamp({ type: 'timer.fired', frame: 'main', data }))
    expect(rowFor({ ...fired, again: 2 })?.text).toBe('not passed; looks again (2)')
    expect(rowFor(fired)).toBeUndefined()
  })

  it('says whose plan follows only where several can be at work', () => {
    expect(rowOf(stamp(planned('main')))).toBeUndefined()
    expect(rowOf(stamp(planned('main/both#1/left')))).toMatchObject({ step: 'left.mend', text: 'plans:' })
  })
})
