import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { replay } from '../../src/engine/replay.js'
import { foldJournal } from '../../src/journal/file-journal.js'
import { bundled } from './bundled.js'
import { writeLongJournal } from './long-journal.js'
import { median } from './median.js'

const EVENTS = 100_000

/** Each in a process of its own: what one leaves in memory is no cost of the other. */
const WAYS = {
  replay: (file: string): void => {
    const read = foldJournal(file, replay)
    if (!read.ok) throw new Error(read.failure.message)
    if (!read.value.folded.ok) throw new Error(read.value.folded.failure.message)
  },
  parse: (file: string): (() => void) => {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
    if (lines.length !== EVENTS) throw new Error(`the journal has ${lines.length} lines`)
    return () => {
      for (const line of lines) JSON.parse(line)
    }
  },
} as const
type Way = keyof typeof WAYS

export type Replaying = { readonly ratio: number; readonly mebibytes: number }

/** Time to verify and fold a journal of 100,000 events, against JSON.parse over its lines; and the memory that takes. */
export const replaying = async (folder: string, pairs: number): Promise<Replaying> => {
  const file = path.join(folder, 'long.jsonl')
  await writeLongJournal(file, 'i-1', EVENTS)
  const measured = await bundled(SELF, folder)
  const run = (way: Way) => measured(way, file) as Measured // by this very file
  const runs = Array.from({ length: pairs }, () => ({ ours: run('replay'), bare: run('parse') }))
  return {
    ratio: median(runs.map(({ ours, bare }) => ours.ms / bare.ms)),
    mebibytes: Math.max(...runs.map(({ ours }) => ours.mebibytes)),
  }
}

type Measured = { readonly ms: number; readonly mebibytes: number }

const SELF = fileURLToPath(import.meta.url)

const measure = (way: Way, file: string): Measured => {
  // What is read before is not timed: of the bare way, only the parsing is.
  const prepared = way === 'parse' ? WAYS.parse(file) : () => WAYS.replay(file)
  const started = performance.now()
  prepared()
  const ms = performance.now() - started
  return { ms, mebibytes: process.resourceUsage().maxRSS / 1_024 }
}

const [, script, way, file] = process.argv
if (script === SELF && (way === 'parse' || way === 'replay') && file !== undefined)
  console.log(JSON.stringify(measure(way, file)))
