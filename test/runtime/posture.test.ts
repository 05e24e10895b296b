import { describe, expect, it } from 'vitest'
import { epochMs, toInstant } from '../../src/domain/instant.js'
import type { Posture } from '../../src/domain/mode.js'
import type { Question } from '../../src/domain/question.js'
import type { Deps } from '../../src/runtime/deps.js'
import { createDesk } from '../../src/runtime/desk.js'
import { posture } from '../../src/runtime/executors/posture.js'
import type { Ledger } from '../../src/runtime/ledger.js'
import { action, ask, choice, end, runbook, START } from '../engine/histories.js'
import { boot, by, entriesOf, type Stage, stageFor } from './process.js'
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

describe('a choice that changes the posture', () => {
  const choosing = (...postures: Posture[]) => {
    const asks = postures.map((to, index) => ask(`ask${index}`, choice('act', { posture: to })))
    return stageFor(newWorld(), runbook(...asks, end('over')))
  }
  const chosen = async (stage: Stage) => {
    // Nobody waits for a posture's end here: this clock stands still.
    const sleep: Deps['clock']['sleep'] = (_ms, signal) =>
      new Promise(resolve => signal?.addEventListener('abort', () => resolve('aborted')))
    const clock = { ...stage.clock, sleep }
    const process = await boot(stage, { answer: question => by(question, 'act'), deps: { clock } })
    await process.run()
    return { entries: await entriesOf(stage), label: process.asked[0]?.options[0]?.label }
  }

  it('says so beside what it is called, and raises it for an hour', async () => {
    const { entries, label } = await chosen(choosing('aggressive'))
    expect(label).toBe('act (aggressive limits for 1h)')
    const answered = entries.find(({ type }) => type === 'question.answered')
    const changes = entries.flatMap(entry => (entry.type === 'posture.raised' ? [entry.data] : []))
    expect(changes).toEqual([
      {
        to: 'aggressive',
        until: toInstant(epochMs(answered?.at ?? '') + HOUR),
        reason: `ask0: ${label}`,
        by: 'operator',
      },
    ])
  })

  it('ends one that is raised, and does nothing where none is', async () => {
    const { entries } = await chosen(choosing('conservative'))
    expect(entries.filter(({ type }) => type.startsWith('posture.'))).toEqual([])
    const types = (await chosen(choosing('aggressive', 'conservative'))).entries.map(({ type }) => type)
    expect(types.filter(type => type.startsWith('posture.'))).toEqual(['posture.raised', 'posture.expired'])
  })
})
