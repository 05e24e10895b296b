import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Answer, type Question, VERB } from '../../src/domain/question.js'
import { replay } from '../../src/engine/replay.js'
import { okOf } from '../engine/results.js'
import { type Operator, playDrill } from './played.js'

/** So many questions are answered by chance; then whoever sits there ends it. */
const PATIENCE = 12

/** One of all that the question offers, its verbs among them, with whatever each needs to know. */
const anyAnswer = (question: Question, pick: number): Answer => {
  const verbs = question.verbs.filter(({ key }) => key !== VERB.pause)
  const options = [...question.options, ...verbs]
  const chosen = options[pick % options.length] ?? question.options[0]
  if (!chosen) throw new Error(`${question.id} offers nothing`)
  const details = 'details' in chosen ? chosen.details : []
  const said = Object.fromEntries(
    details.map(({ field, accepts }) => [
      field,
      accepts === 'text'
        ? 'by chance'
        : 'oneOf' in accepts
          ? accepts.oneOf[pick % accepts.oneOf.length]
          : accepts.exactly,
    ]),
  )
  const typed = question.type?.option === chosen.key ? { typed: question.type.word } : {}
  return { option: chosen.key, by: 'operator', ...typed, ...said }
}

const anybody = (picks: readonly number[]): Operator => {
  let asked = 0
  return question => {
    const pick = picks[asked]
    asked += 1
    return pick === undefined ? undefined : anyAnswer(question, pick)
  }
}

it('whatever the operator says, every prefix of the journal of a drill replays, and all of it to the live state', async () => {
  const said = fc.array(fc.nat({ max: 40 }), { minLength: PATIENCE, maxLength: PATIENCE })
  const kinds = new Set<string>()
  await fc.assert(
    fc.asyncProperty(said, fc.integer({ min: 1, max: 500 }), async (picks, seed) => {
      const { session, entries } = await playDrill({ operator: anybody(picks), seed })
      expect(okOf(replay(entries))).toEqual(session.ledger.state())
      for (let count = 1; count <= entries.length; count += 1) okOf(replay(entries.slice(0, count)))
      for (const { type } of entries) kinds.add(type)
    }),
    { numRuns: 12, seed: 11 },
  )
  // By chance it came as far as to take something back; otherwise this proves too little.
  for (const kind of ['op.finished', 'undo.finished', 'note.added', 'posture.raised', 'incident.paused'])
    expect([...kinds]).toContain(kind)
})
