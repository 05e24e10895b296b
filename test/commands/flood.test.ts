import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Output } from '../../src/checks/clients-top/schema.js'
import { clientsOf } from '../../src/drill/world/clients.js'
import { fileClientHistory } from '../../src/fleet/client-history.js'
import { type Played, playDrill } from './played.js'

const RUNBOOKS = fileURLToPath(new URL('flooded', import.meta.url))
const CLUSTER = 'us-east-c1'
const NETWORK = '100.64.7.0/24'

const play = (seed: number): Promise<Played> =>
  playDrill({ operator: () => undefined, auto: true, runbooks: RUNBOOKS, scenario: 'client-flood', seed })

/** What `clients.top` came to. */
const found = ({ entries }: Played): { readonly outcome: string; readonly output: Output } => {
  const finished = entries.find(({ type, data }) => type === 'step.finished' && data.step === 'clients')
  if (finished?.type !== 'step.finished') throw new Error('the check did not end')
  // the schema of the check, which the runtime has held it to
  return { outcome: finished.data.outcome, output: finished.data.output as unknown as Output }
}

describe.each([1, 2, 3])('a flood that a drill plays with seed %i', seed => {
  it('is found by clients.top to come from its network, with its numbers and who else is in there', async () => {
    const played = await play(seed)
    const { outcome, output } = found(played)
    const world = played.worlds[0]!
    const [flood] = world.floods
    expect(outcome).toBe('failed')
    expect(output.suspects).toEqual([NETWORK])
    expect(output.share).toBeGreaterThan(0.9)
    // over all six proxies, give or take its noise of 8 %
    const held = 6 * 400 * flood!.factor
    expect(Math.abs(output.rise - held)).toBeLessThan(held * 0.12)
    const [top] = output.networks
    expect(top).toMatchObject({ prefix: NETWORK, names: ['Northwind'] })
    const innocent = world.clusters[CLUSTER]!.regulars.length
    expect(top!.addresses).toBe(flood!.sources.length + innocent)
    expect(top!.known).toBe(innocent)
    const sources = output.addresses.filter(({ prefix }) => flood!.sources.includes(prefix.replace('/32', '')))
    expect(sources).toHaveLength(flood!.sources.length)
    expect(sources.every(({ known, names }) => known === 0 && names.length === 0)).toBe(true)
  })
})

it('a drill begins with who comes on a calm day, as if the check had seen one', async () => {
  const { paths, worlds, scenario } = await play(1)
  const known = fileClientHistory(paths.clients).read(CLUSTER)
  const [world] = worlds
  const clients = clientsOf(1, world!.clusters[CLUSTER]!).map(({ address }) => address)
  // everybody: who has no connection at one moment of a calm day has one at another
  expect([...known.keys()].sort()).toEqual([...clients].sort())
  const total = [...known.values()].reduce((sum, { connections }) => sum + connections, 0)
  const { proxies, connections } = scenario.clusters[CLUSTER]!
  expect(Math.abs(total - proxies * connections)).toBeLessThan(proxies * connections * 0.15)
  expect(Math.abs(known.get('100.64.7.20')!.connections - 0.02 * total)).toBeLessThan(12)
})
