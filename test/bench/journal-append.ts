import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { DURABLE } from '../../src/journal/contract.js'
import { createJournal } from '../../src/journal/file-journal.js'
import { createSystemClock } from '../../src/runtime/system-clock.js'
import { recorded } from './long-journal.js'
import { medianRatio } from './median.js'

const ROUNDS = 6

/**
 * Lines a second of a journal, against a bare loop that makes the same calls with the same bytes: the events of a
 * drill, several times over, each synced where its type asks for it.
 */
export const appendRatio = async (folder: string, pairs: number): Promise<number> => {
  const dir = mkdtempSync(path.join(folder, 'append-'))
  const drill = recorded('agreed')
  const events = Array.from({ length: ROUNDS }, () => drill).flat()
  const syncs = events.map(({ type }) => DURABLE[type] === true)
  const file = path.join(dir, 'journal.jsonl')
  let lines: readonly string[] = []

  const ours = async (): Promise<number> => {
    rmSync(file, { force: true })
    const journal = await createJournal({ path: file, incident: 'i-1', clock: createSystemClock() })
    if (!journal.ok) throw new Error(journal.failure.message)
    const started = performance.now()
    for (const [index, event] of events.entries()) {
      const written = await journal.value.append(event, syncs[index] === true)
      if (!written.ok) throw new Error(written.failure.message)
    }
    const took = performance.now() - started
    await journal.value.close()
    lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
    if (lines.length !== events.length) throw new Error(`${lines.length} lines of ${events.length} events`)
    return took
  }

  const bare = async (): Promise<number> => {
    const handle = await open(path.join(dir, 'bare'), 'w')
    const started = performance.now()
    for (const [index, line] of lines.entries()) {
      await handle.appendFile(`${line}\n`)
      if (syncs[index]) await handle.datasync()
    }
    const took = performance.now() - started
    await handle.close()
    return took
  }

  try {
    return 1 / (await medianRatio(ours, bare, pairs))
  } finally {
    rmSync(dir, { recursive: true })
  }
}
