import { expect, it } from 'vitest'
import { ok } from '../../src/domain/result.js'
import { createLedger } from '../../src/runtime/ledger.js'
import { end, open, runbook, START } from '../engine/histories.js'

const HOUR = 3_600_000

/** A ledger that goes on with this state, on a clock that the test sets; and the times that it wrote. */
const ledgerFrom = (state: Parameters<typeof createLedger>[0]['state']) => {
  const written: string[] = []
  let now = START
  const ledger = createLedger({
    journal: {
      append: async event => {
        written.push(event.at)
        return ok(JSON.stringify(event))
      },
      head: () => '',
      close: async () => {},
    },
    clock: { now: () => now, sleep: async () => 'fired', io: promise => promise },
    state,
    notify: () => {},
    attended: true,
  })
  return {
    written,
    at: async (time: number) => {
      now = time
      await ledger.append({ type: 'note.added', data: { text: 'n' } })
    },
    state: ledger.state,
  }
}

const iso = (time: number): string => new Date(time).toISOString()

it('a journal never goes back in time, whatever the clock does', async () => {
  const { written, at, state } = ledgerFrom(open(runbook(end('done'))).state())
  for (const time of [START + 1_000, START - HOUR, START + 999, START + 1_001]) await at(time)
  expect(written).toEqual([START + 1_000, START + 1_000, START + 1_000, START + 1_001].map(iso))
  expect(state().at).toBe(iso(START + 1_001))
})

it('an incident that is gone on with by an earlier clock goes on at the last time it knows', async () => {
  const incident = open(runbook(end('done')))
  incident.pass(HOUR)
  incident.add({ type: 'note.added', data: { text: 'an hour later' } })
  const { written, at } = ledgerFrom(incident.state())
  await at(START)
  expect(written).toEqual([iso(START + HOUR)])
})
