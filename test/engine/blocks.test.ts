import { describe, expect, it } from 'vitest'
import type { Step } from '../../src/domain/runbook.js'
import { pending } from '../../src/engine/pending.js'
import { undoableVisits } from '../../src/engine/undo.js'
import {
  accepted,
  action,
  ask,
  call,
  check,
  choice,
  DRY_RUN,
  each,
  end,
  type Incident,
  notify,
  open,
  runbook,
  wait,
} from './histories.js'
import * as reply from './replies.js'
import { backInMain, both, forward, inFrame, LEFT, pendingIn, RIGHT, resultOf, take } from './several-frames.js'

describe('steps side by side', () => {
  it('are at work at the same time, each in a frame of its own', () => {
    expect(pendingIn(both([check('a')], [check('b')]))).toEqual([LEFT, RIGHT])
  })

  it('give their outputs by branch when the last of them is over', () => {
    const incident = both([check('a')], [check('b')])
    take(incident, LEFT, 'check', command => reply.observed(command, 'pass', { hot: 1 }))
    take(incident, LEFT, 'finish', reply.finished)
    expect(pendingIn(incident)).toEqual([RIGHT])
    take(incident, RIGHT, 'check', command => reply.observed(command, 'pass', { hot: 2 }))
    take(incident, RIGHT, 'finish', reply.finished)
    expect(resultOf(incident, 'both')).toMatchObject({
      outcome: 'done',
      output: { left: { a: { hot: 1 } }, right: { b: { hot: 2 } } },
    })
  })

  it('leave the question of one to the operator while the other goes on', () => {
    const incident = both([ask('which', choice('on'))], [check('b')])
    expect(forward(incident, LEFT, 'ask').question.id).toBe('main/both#1/left:which#1:ask')
    take(incident, RIGHT, 'check', command => reply.observed(command, 'pass'))
    expect(inFrame(incident, LEFT).do).toBe('ask')
  })

  it('do not hear an answer of the other frame', () => {
    const incident = both([ask('which', choice('on'))], [ask('where', choice('on'))])
    const command = forward(incident, LEFT, 'ask')
    forward(incident, RIGHT, 'ask')
    const draft = reply.answered(command, 'on').at(-1)
    expect(accepted(incident, { ...draft!, frame: RIGHT })).toBe(false)
  })

  it.each(['abort', 'ask'] as const)(
    'fail as a whole where one is given up (%s), by their own on_failure',
    how => {
      const incident = both([check('a', { onFailure: { do: how } })], [check('b')], {
        onFailure: { do: 'goto', goto: 'over' },
      })
      forward(incident, RIGHT, 'check')
      take(incident, LEFT, 'check', command => reply.observed(command, 'fail'))
      take(incident, LEFT, 'finish', reply.finished)
      if (how === 'ask') take(incident, LEFT, 'ask', command => reply.answered(command, 'leave'))
      take(incident, RIGHT, 'finish', reply.finished)
      expect(resultOf(incident, 'both')).toMatchObject({ outcome: 'failed' })
      expect(inFrame(incident, 'main')).toMatchObject({ do: 'enter', step: { id: 'over' } })
    },
  )

  it('begin nothing new when one has failed: what was not done is on record as stopped', () => {
    const incident = both([check('a', { onFailure: { do: 'abort' } })], [wait('w', 60_000), check('b')])
    forward(incident, RIGHT, 'timer')
    take(incident, LEFT, 'check', command => reply.observed(command, 'fail'))
    take(incident, LEFT, 'finish', reply.finished)
    expect(inFrame(incident, RIGHT)).toMatchObject({
      do: 'finish',
      finished: { step: 'w', outcome: 'skipped', summary: 'stopped: a failed' },
    })
    take(incident, RIGHT, 'finish', reply.finished)
    expect(pendingIn(incident)).toEqual(['main'])
  })

  it('finish the op in flight when another has failed, and do not verify it any more', () => {
    const verify = { again: 'b', hold: 0, within: 60_000, every: 15_000 }
    const incident = both(
      [check('a', { onFailure: { do: 'abort' } })],
      [check('b'), action('mend', { verify })],
    )
    const applying = forward(incident, RIGHT, 'apply')
    incident.add(...reply.started(applying, 'one'))
    take(incident, LEFT, 'check', command => reply.observed(command, 'fail'))
    take(incident, LEFT, 'finish', reply.finished)
    expect(inFrame(incident, RIGHT).do).toBe('apply')
    expect(incident.state().frames[RIGHT]?.stopping).toBe('a failed')
    incident.add(...reply.opFinished(applying, 'one').slice(1), ...reply.applied(applying))
    expect(inFrame(incident, RIGHT)).toMatchObject({ do: 'finish', finished: { outcome: 'applied' } })
    take(incident, RIGHT, 'finish', reply.finished)
    expect(pendingIn(incident)).toEqual(['main'])
  })

  it('end the incident where the operator aborts in one of them', () => {
    const incident = both([ask('which', choice('on'))], [check('b')])
    forward(incident, RIGHT, 'check')
    take(incident, LEFT, 'ask', command => reply.answered(command, 'abort', { reason: 'enough' }))
    take(incident, LEFT, 'finish', reply.finished)
    take(incident, RIGHT, 'finish', reply.finished)
    take(incident, 'main', 'finish', reply.finished)
    expect(inFrame(incident, 'main')).toMatchObject({ do: 'end', outcome: 'aborted' })
  })

  it('are taken back together, newest first, by the undo of the step around them', () => {
    const incident = both([action('mend')], [action('move')], { onFailure: { do: 'ask' } })
    for (const frame of [LEFT, RIGHT]) {
      const applying = forward(incident, frame, 'apply')
      incident.add(...reply.opFinished(applying, 'one'), ...reply.applied(applying))
      take(incident, frame, 'finish', reply.finished)
    }
    expect(undoableVisits(incident.state())).toEqual([
      { frame: RIGHT, step: 'move', visit: 1 },
      { frame: LEFT, step: 'mend', visit: 1 },
    ])
  })

  it('stand still while something is taken back, and an undo waits for what is in flight beside it', () => {
    const incident = both([action('mend'), ask('which', choice('on'))], [action('move')])
    const mend = forward(incident, LEFT, 'apply')
    incident.add(...reply.opFinished(mend, 'one'), ...reply.applied(mend))
    forward(incident, LEFT, 'ask')
    const move = forward(incident, RIGHT, 'apply')
    incident.add(...reply.started(move, 'two'))
    take(incident, LEFT, 'ask', command => reply.answered(command, 'undo'))
    expect(pending(incident.state()).map(({ do: what }) => what)).toEqual(['apply'])
    incident.add(...reply.opFinished(move, 'two').slice(1), ...reply.applied(move))
    expect(pending(incident.state()).map(({ do: what }) => what)).toEqual(['begin-undo'])
  })

  it('know nothing of the steps beside them, and those around them can be seen', () => {
    const incident = both([check('a'), notify('tell')], [check('b')])
    take(incident, LEFT, 'check', command => reply.observed(command, 'pass', { hot: 1 }))
    take(incident, LEFT, 'finish', reply.finished)
    expect(Object.keys(incident.state().frames[LEFT]?.results ?? {})).toEqual(['a'])
    expect(Object.keys(incident.state().frames[RIGHT]?.results ?? {})).toEqual([])
  })
})

describe('steps side by side that have a time', () => {
  const timed = { timeout: 60_000, onFailure: { do: 'continue' } } as const

  it('fail when it is over, and begin nothing new', () => {
    const incident = both([wait('l', 600_000), check('a')], [action('mend')], timed)
    const applying = forward(incident, RIGHT, 'apply')
    forward(incident, LEFT, 'timer')
    take(incident, 'main', 'timer', reply.fired)
    take(incident, LEFT, 'finish', reply.finished)
    expect(pendingIn(incident)).toEqual([RIGHT])
    incident.add(...reply.applied(applying))
    take(incident, RIGHT, 'finish', reply.finished)
    expect(resultOf(incident, 'both')?.outcome).toBe('failed')
  })

  it('have none to wait for any more when they are done before', () => {
    const incident = both([check('a')], [check('b')], timed)
    for (const frame of [LEFT, RIGHT]) take(incident, frame, 'finish', reply.finished)
    expect(resultOf(incident, 'both')?.outcome).toBe('done')
  })

  it('get the time back for which nothing went on', () => {
    const incident = both([wait('l', 600_000)], [wait('r', 600_000)], timed)
    const due = (): number => Date.parse(forward(incident, 'main', 'timer').due)
    const before = due()
    incident.add({ type: 'incident.paused', data: { reason: 'Ctrl-C' } })
    incident.pass(300_000)
    incident.add(...reply.resumed())
    expect(due() - before).toBe(300_000)
  })
})

describe('the same steps for every item', () => {
  const forEach = (items: readonly string[], more = {}): Incident => {
    const incident = open(runbook(each('fan', [check('a')], more), end('over')))
    take(incident, 'main', 'evaluate', command => reply.evaluated(command, [...items]))
    return incident
  }

  it('go one after the other unless more are allowed', () => {
    expect(pendingIn(forEach(['x', 'y', 'z']))).toEqual(['main/fan#1/0'])
  })

  it('go as many at a time as are allowed, the next one when one is over', () => {
    const incident = forEach(['x', 'y', 'z'], { maxParallel: 2 })
    expect(pendingIn(incident)).toEqual(['main/fan#1/0', 'main/fan#1/1'])
    take(incident, 'main/fan#1/1', 'check', command => reply.observed(command, 'pass'))
    take(incident, 'main/fan#1/1', 'finish', reply.finished)
    expect(pendingIn(incident)).toEqual(['main/fan#1/0', 'main/fan#1/2'])
  })

  it('give their outputs in the order of the list, whatever order they ended in', () => {
    const incident = forEach(['x', 'y'], { maxParallel: 2 })
    for (const n of [1, 0]) {
      take(incident, `main/fan#1/${n}`, 'check', command => reply.observed(command, 'pass', { n }))
      take(incident, `main/fan#1/${n}`, 'finish', reply.finished)
    }
    expect(resultOf(incident, 'fan')).toMatchObject({
      outcome: 'done',
      output: { items: [{ a: { n: 0 } }, { a: { n: 1 } }] },
    })
  })

  it('are over at once where there is nothing in the list', () => {
    expect(resultOf(forEach([]), 'fan')).toMatchObject({ outcome: 'done', output: { items: [] } })
  })

  it('begin no further item where one has failed', () => {
    const incident = open(runbook(each('fan', [check('a', { onFailure: { do: 'abort' } })]), end('over')))
    take(incident, 'main', 'evaluate', command => reply.evaluated(command, ['x', 'y']))
    take(incident, 'main/fan#1/0', 'check', command => reply.observed(command, 'fail', { n: 0 }))
    take(incident, 'main/fan#1/0', 'finish', reply.finished)
    expect(resultOf(incident, 'fan')).toMatchObject({
      outcome: 'failed',
      output: { items: [{ a: { n: 0 } }, {}] },
    })
  })
})

describe('another runbook', () => {
  const other = (...steps: Step[]) => ({
    ...runbook(...steps),
    name: 'other',
    inputs: { cluster: { type: 'cluster' as const }, count: { type: 'number' as const, default: 2 } },
  })

  it.each([
    ['resolved', 'done'],
    ['mitigated', 'done'],
    ['unresolved', 'failed'],
  ] as const)('that ends %s comes back as %s', (outcome, expected) => {
    const incident = open(runbook(call('go', 'other'), end('over')), { others: [other(end('out', outcome))] })
    take(incident, 'main', 'evaluate', command => reply.evaluated(command, {}))
    expect(backInMain(incident)).toMatchObject({
      do: 'finish',
      finished: { outcome: expected, output: { outcome } },
    })
  })

  it('has its own inputs, with their defaults', () => {
    const incident = open(runbook(call('go', 'other'), end('over')), {
      others: [other(check('a'), end('out'))],
    })
    take(incident, 'main', 'evaluate', command => reply.evaluated(command, { cluster: 'c1' }))
    expect(incident.state().frames['main/go#1/other']?.called).toEqual({
      runbook: 'other',
      inputs: { cluster: 'c1', count: 2 },
    })
  })

  it('ends the incident where it was handed over to', () => {
    const onward = choice('on', { run: { runbook: 'other', with: {} } })
    const incident = open(runbook(ask('which', onward), end('over')), {
      others: [other(check('which'), end('out', 'mitigated'))],
    })
    take(incident, 'main', 'ask', command => reply.answered(command, 'on'))
    take(incident, 'main', 'finish', reply.finished)
    take(incident, 'main', 'evaluate', command => reply.evaluated(command, { cluster: 'c1' }))
    expect(pendingIn(incident)).toEqual(['main>2.other'])
    expect(incident.state().frames['main>2.other']?.visits).toEqual({})
    expect(forward(incident, 'main>2.other', 'end')).toMatchObject({ outcome: 'mitigated' })
  })

  it('that is called and hands over comes back from the last one', () => {
    const onward = choice('on', { run: { runbook: 'third', with: {} } })
    const incident = open(runbook(call('go', 'other'), end('over')), {
      others: [other(ask('which', onward)), { ...runbook(end('out', 'unresolved')), name: 'third' }],
    })
    take(incident, 'main', 'evaluate', command => reply.evaluated(command, {}))
    expect(backInMain(incident)).toMatchObject({
      do: 'finish',
      finished: { outcome: 'failed', output: { outcome: 'unresolved' } },
    })
  })
})

describe('a rehearsal', () => {
  it('says what people would be told, and does not wait for what it did not bring about', () => {
    const incident = open(runbook(notify('tell'), end('over')), { mode: DRY_RUN })
    take(incident, 'main', 'evaluate', command => reply.evaluated(command, { text: 'hello' }))
    expect(inFrame(incident, 'main')).toMatchObject({
      do: 'finish',
      finished: { outcome: 'would-change', summary: 'would tell: hello' },
    })
  })
})
