import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Answer, Question } from '../../src/domain/question.js'
import type { Drill } from '../../src/drill/drill.js'
import { okOf } from '../engine/results.js'
import { agreeing, type Played, playDrill } from './played.js'

// `npm run floods` plays twenty seeds of it, by the command line and here.
const SEEDS = Array.from({ length: Number(process.env.FLOOD_SEEDS ?? 1) }, (_, n) => n + 1)
const NETWORK = '100.64.7.0/24'

const SCENARIO = 'client-flood-near-customer'

const scored = ({ entries }: Played) => {
  const entry = entries.find(({ type }) => type === 'incident.ended')
  return entry?.type === 'incident.ended' ? entry.data.outcome : undefined
}

/** As the plan writes it. */
const placeOf = (before: unknown) =>
  z.object({ place: z.object({ admin: z.string(), list: z.string() }) }).parse(before).place

/** One command to the runtime API of a proxy, as anybody with a socket sends it. */
const byHand = (drill: Drill, admin: string, command: string): Promise<string> => {
  const endpoint = okOf(drill.resolve(admin)) // of a drill, always a unix socket
  const socket = connect(endpoint as { path: string })
  return new Promise((resolve, reject) => {
    let said = ''
    socket.on('data', chunk => {
      said += chunk.toString()
    })
    socket.on('end', () => resolve(said)).on('error', reject)
    socket.end(`${command}\n`)
  })
}

describe.each(SEEDS)('a flood from the network of a customer (seed %i)', seed => {
  it('is blocked, and nobody else is', async () => {
    // As with `--auto`, whose answers take their time: somebody who types at once closes it before all is calm.
    const played = await playDrill({ operator: () => undefined, auto: true, scenario: SCENARIO, seed })
    expect(scored(played)).toBe('mitigated')
    const { measures } = played.drill.score({ endedAt: played.drill.clock.now(), outcome: 'mitigated' })
    expect(measures.legit_clients_blocked).toBe(0)
    expect(measures.seconds_to_relief).not.toBeNull()
  })
})

describe.each(SEEDS)('the network of a flood (seed %i)', seed => {
  it('blocked as it stands by hand hits the customer and who is beside it', async () => {
    const operator = async (question: Question, drill: Drill): Promise<Answer | undefined> => {
      const { plan } = question.gate ?? {}
      if (plan?.action === 'ip-filter.apply') {
        for (const { before } of plan.changes) {
          const { admin, list } = placeOf(before)
          expect(await byHand(drill, admin, `add acl ${list} ${NETWORK}`)).toBe('\n')
        }
        return { option: 'decline', by: 'operator' }
      }
      return question.step === 'stay' ? { option: 'enough', by: 'operator' } : agreeing(question)
    }
    const answered = await playDrill({ operator, scenario: SCENARIO, seed })
    const { measures } = answered.drill.score({ endedAt: answered.drill.clock.now(), outcome: 'mitigated' })
    expect(measures.legit_clients_blocked).toBeGreaterThanOrEqual(3)
  })
})
