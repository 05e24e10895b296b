import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Event } from '../../src/domain/event.js'
import { epochMs, toInstant } from '../../src/domain/instant.js'
import { forge } from '../../src/journal/chain.js'
import { GENESIS } from '../../src/journal/contract.js'

/** The events of a recorded drill. */
export const recorded = (name: string): Event[] =>
  readFileSync(fileURLToPath(new URL(`../histories/0.1.0/${name}.jsonl`, import.meta.url)), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Event) // as its own test proves

/** Writes a journal of so many events: somebody watches for days, every two minutes, and closes nothing. */
export const writeLongJournal = async (file: string, incident: string, count: number): Promise<void> => {
  const out = createWriteStream(file, { mode: 0o600 })
  let prev = GENESIS
  let seq = 0
  for (const event of watching(count)) {
    seq += 1
    const link = forge(event, { seq, incident, prev, wall: event.at })
    prev = link.hash
    if (!out.write(`${link.line}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
}

/** The recorded drill up to its first look at a calm fleet, and then that look again and again. */
function* watching(count: number): Generator<Event> {
  const events = recorded('watched')
  const closed = events.flatMap((event, index) =>
    event.type === 'step.finished' && event.data.step === 'calm' ? [index + 1] : [],
  )
  const [first = 0, second = 0] = closed
  const round = events.slice(first, second)
  const period = epochMs(round.at(-1)?.at ?? '') - epochMs(events[first - 1]?.at ?? '')
  yield* events.slice(0, first)
  for (let n = 0; first + n * round.length < count; n += 1)
    for (const event of round.slice(0, count - first - n * round.length)) yield nth(event, n, n * period)
}

/** The event of the round that comes so many visits, and so much time, after the recorded one. */
const nth = (event: Event, n: number, later: number): Event => {
  const text = JSON.stringify({ type: event.type, actor: event.actor, frame: event.frame, data: event.data })
    .replace(/"visit":(\d+)/g, (_, visit) => `"visit":${Number(visit) + n}`)
    .replace(/#(\d+):/g, (_, visit) => `#${Number(visit) + n}:`)
    .replace('"option":"yes"', '"option":"watch"')
    .replace(/"due":"([^"]+)"/g, (_, due) => `"due":"${toInstant(epochMs(due) + later)}"`)
  return { ...JSON.parse(text), at: toInstant(epochMs(event.at) + later) }
}
