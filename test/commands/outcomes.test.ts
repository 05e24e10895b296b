import { describe, expect, it } from 'vitest'
import type { Question } from '../../src/domain/question.js'
import { outcomesOf } from '../../src/testing/outcomes.js'
import { agreeing, type Operator, type Played, playDrill } from './played.js'

/** As the journal tells it, and as the engine has it. */
const bothOf = ({ entries, ending }: Played) => {
  if (ending.how === 'broken') throw new Error(ending.failure.message)
  const { opened, frames } = ending.state
  const results = Object.entries(frames.main?.results ?? {}).map(([id, { outcome }]) => [id, outcome])
  return { told: outcomesOf(opened!.definition, entries), known: Object.fromEntries(results) }
}

describe('how steps came out, told by the journal alone', () => {
  it('is what the engine knows of them', async () => {
    const { told, known } = bothOf(await playDrill({ operator: agreeing }))
    expect(told.replace).toBe('applied')
    expect(told).toEqual(known)
  })

  it('is what the engine knows of them, of what was taken back, too', async () => {
    let asked = 0
    const undoing: Operator = (question: Question) => {
      if (question.kind === 'ask' && question.step === 'calm' && asked++ === 0)
        return { option: 'undo', by: 'operator' }
      return agreeing(question)
    }
    const { told, known } = bothOf(await playDrill({ operator: undoing }))
    expect(told).toEqual(known)
    expect(Object.values(told)).toContain('undone')
  })
})
