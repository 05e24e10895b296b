import { describe, expect, it } from 'vitest'
import { take, until } from './drive.js'
import { ask, check, choice, end, type Incident, manual, open, runbook } from './histories.js'
import * as reply from './replies.js'

/** Visits `look` as often as it is let, and answers `more` at `stuck` as long as it is told to. */
const three = { visits: 3, then: 'stuck' }
const again = { do: 'goto', goto: 'look' } as const
const LOOP = runbook(
  check('look', { limit: three, onFailure: again }),
  end('calm'),
  ask(
    'stuck',
    choice('more', { reset: 'look', goto: 'look' }),
    choice('once_more', { goto: 'look' }),
    choice('stop', { end: 'unresolved' }),
  ),
)

const failingLook = (incident: Incident): number => {
  const { visit } = until(incident, 'check')
  take(incident, 'check', command => reply.observed(command, 'fail'))
  take(incident, 'finish', reply.finished)
  return visit
}

const answer = (incident: Incident, option: string): void => {
  until(incident, 'ask')
  take(incident, 'ask', command => reply.answered(command, option))
  take(incident, 'finish', reply.finished)
}

describe('a limit of three visits', () => {
  it('lets three visits pass, and sends the fourth to `then`', () => {
    const incident = open(LOOP)
    expect([1, 2, 3].map(() => failingLook(incident))).toEqual([1, 2, 3])
    expect(incident.next()).toMatchObject({ do: 'skip', reason: 'limit', step: { id: 'look' }, visit: 4 })
    take(incident, 'skip', reply.skipped)
    expect(incident.next()).toMatchObject({ do: 'enter', step: { id: 'stuck' } })
  })

  it('starts again at zero after `reset`, while the visits go on counting', () => {
    const incident = open(LOOP)
    for (const _ of [1, 2, 3]) failingLook(incident)
    answer(incident, 'more')
    expect([4, 5, 6].map(() => failingLook(incident))).toEqual([4, 5, 6])
    expect(incident.next()).toMatchObject({ do: 'skip', reason: 'limit', visit: 7 })
  })

  it('stays used up without a reset', () => {
    const incident = open(LOOP)
    for (const _ of [1, 2, 3]) failingLook(incident)
    answer(incident, 'once_more')
    expect(incident.next()).toMatchObject({ do: 'skip', reason: 'limit', visit: 4 })
  })

  it('is not used up by visits that `when` skipped', () => {
    const incident = open(
      runbook(
        manual('first', { when: 'false', limit: { visits: 1, then: 'stuck' } }),
        ask('stuck', choice('back', { goto: 'first' })),
      ),
    )
    for (const _ of [1, 2, 3]) {
      expect(incident.next()).toMatchObject({ do: 'evaluate', purpose: 'when', step: { id: 'first' } })
      take(incident, 'evaluate', command => reply.evaluated(command, false))
      take(incident, 'skip', reply.skipped)
      answer(incident, 'back')
    }
  })

  it('is looked at before `when`', () => {
    const incident = open(
      runbook(
        check('look', { when: 'true', limit: { visits: 1, then: 'over' }, onFailure: again }),
        end('over'),
      ),
    )
    take(incident, 'evaluate', command => reply.evaluated(command, true))
    failingLook(incident)
    expect(incident.next()).toMatchObject({ do: 'skip', reason: 'limit' })
  })

  it('leaves what the last visit that was made found out', () => {
    const incident = open(LOOP)
    for (const _ of [1, 2, 3]) failingLook(incident)
    take(incident, 'skip', reply.skipped)
    expect(incident.state().frames.main?.results.look).toMatchObject({
      outcome: 'failed',
      visit: 3,
      output: { seen: 'fail' },
    })
  })
})
