// Journals as released versions wrote them, a folder per version: an incident that was begun by an older
// firebreak is read, and gone on with, by this one.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { valuesOf } from '../../src/domain/table.js'
import { replay } from '../../src/engine/replay.js'
import type { IncidentState, OpState } from '../../src/engine/state.js'
import { GENESIS } from '../../src/journal/contract.js'
import { readJournal } from '../../src/journal/file-journal.js'
import { okOf } from '../engine/results.js'

const HERE = fileURLToPath(new URL('.', import.meta.url))

type End = {
  readonly events: number
  readonly status: IncidentState['status']
  readonly outcome?: string
  readonly score?: number
  /** Ops by what became of them. */
  readonly ops: { readonly [status in OpState['status']]?: number }
  /** The last line was torn by the crash. */
  readonly torn?: true
}

/** What was played, and what the story says must be at its end. Replacing a proxy is six ops. */
const HISTORIES: { readonly [file: string]: End } = {
  // One plan, agreed to; verified for a minute; closed.
  '0.1.0/agreed': { events: 51, status: 'ended', outcome: 'resolved', score: 100, ops: { finished: 6 } },
  // Every plan declined, until the step's limit of three visits: handed over, and nothing was done.
  '0.1.0/declined': { events: 66, status: 'ended', outcome: 'unresolved', score: 10, ops: {} },
  // As agreed, with another look two minutes later.
  '0.1.0/watched': { events: 69, status: 'ended', outcome: 'resolved', score: 100, ops: { finished: 6 } },
  // Effects withheld: nothing was done, and nothing is scored.
  '0.1.0/dry-run': { events: 20, status: 'ended', outcome: 'resolved', ops: {} },
  // Stopped by SIGTERM after the launch, which had been waited for.
  '0.1.0/paused': { events: 18, status: 'paused', ops: { finished: 1 } },
  // Killed when the fourth op was done and not known to be; gone on with to the end.
  '0.1.0/killed': { events: 54, status: 'ended', outcome: 'resolved', score: 100, ops: { finished: 6 } },
  // Killed before its launch, which was then resolved as not done and sent again; killed once more.
  '0.1.0/twice': { events: 59, status: 'ended', outcome: 'resolved', score: 100, ops: { finished: 6 } },
  // Killed in the middle of the line that says that the fifth op is done: it is in doubt.
  '0.1.0/torn': { events: 24, status: 'open', ops: { finished: 4, started: 1 }, torn: true },
  // Killed as `killed`, then undone inside the step: four ops, and two that took back what could be; aborted.
  '0.1.0/undone': { events: 37, status: 'ended', outcome: 'aborted', score: 10, ops: { finished: 6 } },
  // The same, killed again in the first op of the undo.
  '0.1.0/undo-killed': { events: 28, status: 'open', ops: { finished: 4, started: 1 } },
}

const fileOf = (name: string): string => path.join(HERE, `${name}.jsonl`)

const opsOf = (state: IncidentState): End['ops'] => {
  const counts: { [status in OpState['status']]?: number } = {}
  for (const { status } of valuesOf(state.ops)) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

describe.each(Object.entries(HISTORIES))('the history %s', (name, { events, torn, ...end }) => {
  it('is whole: every line has its own hash, and the one of the line before it', () => {
    const lines = readFileSync(fileOf(name), 'utf8').split('\n').slice(0, -1)
    const hashes = lines.map(line => JSON.parse(line).hash)
    expect(lines.map(line => JSON.parse(line).prev)).toEqual([GENESIS, ...hashes.slice(0, -1)])
    for (const [index, line] of lines.entries()) {
      const body = line.replace(`,"hash":"${hashes[index]}"`, '')
      expect(createHash('sha256').update(body).digest('hex')).toBe(hashes[index])
    }
    expect(lines).toHaveLength(events)
  })

  it('verifies, replays, and ends as it did', async () => {
    const verified = okOf(await readJournal(fileOf(name)))
    expect(verified.entries).toHaveLength(events)
    expect(verified.torn > 0).toBe(torn === true)
    const state = okOf(replay(verified.entries))
    const { status, outcome, score } = state
    expect({ status, outcome, score, ops: opsOf(state) }).toEqual({
      outcome: undefined,
      score: undefined,
      ...end,
    })
  })
})

it('every recorded history is in the table', () => {
  const recorded = readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.jsonl'),
  )
  expect(recorded.map(name => name.replace('.jsonl', '')).sort()).toEqual(Object.keys(HISTORIES).sort())
})
