import { describe, expect, it } from 'vitest'
import { toInstant } from '../../src/domain/instant.js'
import type { Question } from '../../src/domain/question.js'
import type { Deps } from '../../src/runtime/deps.js'
import { createDesk } from '../../src/runtime/desk.js'
import { posture } from '../../src/runtime/executors/posture.js'
import type { Ledger } from '../../src/runtime/ledger.js'
import { action, runbook, START } from '../engine/histories.js'
import { boot, stageFor } from './process.js'
import { newWorld } from './world.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Sleeper = { readonly at: number; readonly wake: (how: 'fired' | 'aborted') => void }

/** Time that a test moves. */
const handClock = () => {
  let now = START
  let sleepers: Sleeper[] = []
  const sleep: Deps['clock']['sleep'] = (ms, signal) =>
    new Promise(resolve => {
      if (signal?.aborted) return resolve('aborted')
      sleepers.push({ at: now + ms, wake: resolve })
      signal?.addEventListener('abort', () => resolve('aborted'))
    })
  const pass = async (ms: number): Promise<void> => {
    now += ms
    const due = sleepers.filter(({ at }) => at <= now)
    sleepers = sleepers.filter(({ at }) => at > now)
    for (const { wake } of due) wake('fired')
    await settled()
  }
  return { clock: { now: () => now, sleep, io: <T>(promise: Promise<T>) => promise }, pass }
}

/** Everything that waits for nothing but its turn has had it. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A posture that was raised just now, for an hour; the operator says that, or nothing. */
const raised = async (said?: string) => {
  const { clock, pass } = handClock()
  const { deps, stop } = await boot(stageFor(newWorld(), runbook(action('mend'))))
  const asked: Question[] = []
  const written: Parameters<Ledger['append']>[0][] = []
  const desk = createDesk((question, { signal }) => {
    asked.push(question)
    if (said !== undefined) return Promise.resolve({ option: said, by: 'operator' })
    return new Promise(resolve => signal.addEventListener('abort', () => resolve(undefined)))
  }, stop)
  const append: Ledger['append'] = async draft => {
    written.push(draft)
  }
  const withdrawal = new AbortController()
  const over = posture(
    { ...deps, clock, desk, ledger: { ...deps.ledger, append } },
    {
      do: 'posture',
      id: 'posture',
      frame: 'posture',
      raised: { to: 'aggressive', until: toInstant(START + HOUR), reason: 'customers are hurt' },
    },
    withdrawal.signal,
  )
  await settled()
  const changes = () => written.filter(({ type }) => type !== 'question.asked')
  return { pass, asked, changes, over, stop, withdraw: () => withdrawal.abort() }
}

describe('a raised posture', () => {
  it('is asked about ten minutes before it expires, and no sooner', async () => {
    const { pass, asked, changes } = await raised()
    await pass(50 * MINUTE - 1)
    expect(asked).toEqual([])
    await pass(1)
    expect(asked.map(({ kind }) => kind)).toEqual(['posture'])
    expect(changes()).toEqual([])
  })

  it('that is kept is raised again, for an hour from the answer', async () => {
    const { pass, changes, over } = await raised('keep')
    await pass(50 * MINUTE)
    await over
    expect(changes()).toMatchObject([
      {
        type: 'posture.raised',
        actor: 'operator',
        data: { to: 'aggressive', until: toInstant(START + 50 * MINUTE + HOUR), by: 'operator' },
      },
    ])
  })

  it('that is let expire is over at the answer', async () => {
    const { pass, changes, over } = await raised('expire')
    await pass(50 * MINUTE)
    await over
    expect(changes()).toMatchObject([{ type: 'posture.expired', data: { by: 'operator' } }])
  })

  it('expires at its time where nobody answers, and no sooner', async () => {
    const { pass, changes, over } = await raised()
    await pass(50 * MINUTE)
    await pass(10 * MINUTE - 1)
    expect(changes()).toEqual([])
    await pass(1)
    await over
    expect(changes()).toMatchObject([{ type: 'posture.expired', data: { by: 'engine' } }])
  })

  it('whose time is over already expires without a question', async () => {
    const { pass, asked, changes, over } = await raised('keep')
    await pass(2 * HOUR)
    await over
    expect(asked).toEqual([])
    expect(changes()).toMatchObject([{ type: 'posture.expired', data: { by: 'engine' } }])
  })

  it('leaves nothing in the record once it is no longer asked about, or the incident pauses', async () => {
    const withdrawn = await raised()
    await withdrawn.pass(50 * MINUTE)
    withdrawn.withdraw()
    await withdrawn.over
    expect(withdrawn.changes()).toEqual([])
    const paused = await raised()
    await paused.pass(50 * MINUTE)
    paused.stop.request('paused')
    await paused.over
    expect(paused.changes()).toEqual([])
  })
})
