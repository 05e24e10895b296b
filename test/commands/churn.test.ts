import { AssociateAddressCommand, DescribeAddressesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/domain/plan.js'
import type { Drill } from '../../src/drill/drill.js'
import { createProviders } from '../../src/providers/providers.js'
import { okOf } from '../engine/results.js'
import { agreeing, type Operator, playDrill } from './played.js'

const TENTH_MS = 100

/** Connections of every proxy of the drill, as its own runtime API gives them. */
const countsIn = async (drill: Drill): Promise<string> => {
  const { clock, resolve } = drill
  const providers = createProviders({ clock, resolve, record: () => {} })
  const hosts = Object.values(drill.world().instances).filter(({ tags }) => tags.role === 'proxy')
  const counts: number[] = []
  for (const { privateIp } of hosts) {
    const rows = okOf(await providers.haproxy(`tcp://${privateIp}:9999`).stat())
    counts.push(...rows.map(({ sessions }) => sessions))
  }
  providers.close()
  return counts.join()
}

/** Does that while the first plan waits at its gate, and then agrees to whatever is asked. */
const whileItWaits = (does: (drill: Drill, plan: Plan) => Promise<void>): Operator => {
  let waited = false
  return async (question, drill) => {
    if (question.kind === 'gate' && question.gate && !waited) {
      waited = true
      await does(drill, question.gate.plan)
    }
    return agreeing(question)
  }
}

describe('while a plan waits', () => {
  it('counts that change every 100 ms never ask again', async () => {
    const seen: string[] = []
    const { ending, entries, questions } = await playDrill({
      operator: whileItWaits(async drill => {
        for (let n = 0; n < 50; n += 1) {
          await drill.clock.sleep(TENTH_MS)
          seen.push(await countsIn(drill))
        }
      }),
    })
    // Each look sees other counts than the one before: otherwise this proves nothing.
    expect(new Set(seen).size).toBe(50)
    expect(questions.filter(({ kind }) => kind === 'gate')).toHaveLength(1)
    expect(entries.filter(({ type }) => type === 'plan.changed')).toEqual([])
    expect(ending).toMatchObject({ how: 'ended', state: { outcome: 'resolved' } })
  })

  it('an address that somebody moves by hand asks again, and shows the difference', async () => {
    let swapped: readonly string[] = []
    const { entries, questions } = await playDrill({
      operator: whileItWaits(async ({ aws, clock, world }, plan) => {
        const from = plan.changes.map(({ resource }) => resource).find(name => name.startsWith('i-'))
        const to = Object.values(world().instances).find(
          ({ id, tags }) => tags.role === 'proxy' && id !== from,
        )?.id
        swapped = await clock.io(swapAddresses(aws, `${from}`, `${to}`))
      }),
    })
    const changed = entries.flatMap(entry => (entry.type === 'plan.changed' ? [entry.data] : []))
    expect(changed.length).toBeGreaterThan(0)
    const gates = questions.filter(({ kind }) => kind === 'gate')
    expect(gates.length).toBeGreaterThan(1)
    for (const part of changed[0]?.differences ?? ['none']) expect(gates[1]?.text).toContain(part)
    expect(changed[0]?.differences.join()).toContain(swapped[1])
  })
})

/** Each of the two gets the other one's; the allocations that they had before. */
const swapAddresses = async (
  { region, override }: Drill['aws'],
  one: string,
  other: string,
): Promise<readonly [string, string]> => {
  const { accessKeyId, secretAccessKey, endpoint } = override
  const client = new EC2Client({ region, endpoint, credentials: { accessKeyId, secretAccessKey } })
  const { Addresses = [] } = await client.send(new DescribeAddressesCommand({}))
  const of = (instance: string) =>
    `${Addresses.find(({ InstanceId }) => InstanceId === instance)?.AllocationId}`
  const had = [of(one), of(other)] as const
  const moves = [
    { AllocationId: had[0], InstanceId: other },
    { AllocationId: had[1], InstanceId: one },
  ]
  for (const move of moves)
    await client.send(new AssociateAddressCommand({ ...move, AllowReassociation: true }))
  client.destroy()
  return had
}
