import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../src/journal/contract.js'
import {
  changesBy,
  endpointLog,
  firebreak,
  journalOf,
  newMachine,
  ofType,
  onlyIncident,
  type Seen,
  tallyOf,
  VERSION,
  worldLog,
} from './firebreak.js'

/** How a drill is played: each way sends other requests. */
const WAYS = [
  { way: 'agreed to', args: [] },
  { way: 'declined', args: ['--answers', 'decline.yaml'] },
  { way: 'withheld', args: ['--dry-run'] },
  { way: 'looked at twice', args: ['--answers', 'watch.yaml'] },
]

describe.each([2, 11])('what the endpoints saw (seed %i)', seed => {
  it.each(WAYS)('is what the journal says was sent: $way', async ({ args }) => {
    const { seen, journal, world } = await play(seed, args)
    expect(tallyOf(seen.map(sentAs))).toEqual(sentBy(journal))

    // What changes the world is an op, one request each, and nothing else changes it.
    const ops = ofType(journal, 'op.finished').map(({ data }) => data.kind)
    const caused = tallyOf(ops.flatMap(kind => REQUEST_OF[kind] ?? []))
    expect(tallyOf(seen.filter(({ mutating }) => mutating).map(({ operation }) => operation))).toEqual(caused)
    expect(tallyOf(world.map(({ operation }) => operation))).toEqual(caused)
  })
})

it('a proxy that is replaced is one launch, one entry into service, one move, one park, each seen at the endpoint', async () => {
  const { seen, journal, world } = await play(4, [])
  const operations = seen.filter(({ mutating }) => mutating).map(({ operation }) => operation)
  expect(operations).toEqual(['RunInstances', 'CreateTags', 'AssociateAddress', 'CreateTags'])
  const [launch] = ofType(journal, 'op.finished').filter(({ data }) => data.kind === 'launch')
  const [made] = changesBy(world, 'RunInstances')
  expect(made!.result!.instances).toMatchObject([
    { id: (launch!.data.result as { instance: string }).instance },
  ])
  expect(seen.some(({ operation }) => operation === 'DescribeInstances')).toBe(true)
  expect(seen.some(({ endpoint }) => endpoint === 'haproxy')).toBe(true)
})

it('EC2 is asked by the real SDK, which says who is using it', async () => {
  const { seen } = await play(4, [])
  const agents = new Set(seen.filter(({ endpoint }) => endpoint === 'ec2').map(({ userAgent }) => userAgent))
  expect(agents.size).toBe(1)
  const [agent] = agents
  expect(agent).toMatch(/^aws-sdk-js\/3\./)
  expect(agent!.split(' ')).toContain(`firebreak/${VERSION}`)
})

const REQUEST_OF: { readonly [kind: string]: string } = {
  launch: 'RunInstances',
  'enter-service': 'CreateTags',
  move: 'AssociateAddress',
  park: 'CreateTags',
}

const play = async (seed: number, args: readonly string[]) => {
  const machine = newMachine()
  writeFileSync(
    path.join(machine.cwd, 'decline.yaml'),
    'gates: { replace: decline }\nanswers: { stuck: stop }\n',
  )
  writeFileSync(path.join(machine.cwd, 'watch.yaml'), 'answers: { calm: [watch, yes] }\n')
  await firebreak(machine, ['drill', '--auto', '--seed', `${seed}`, ...args])
  const id = onlyIncident(machine)
  return { seen: endpointLog(machine, id), journal: journalOf(machine, id), world: worldLog(machine, id) }
}

/** The name that the journal counts it under: a request that only asks for permission is another one. */
const sentAs = ({ endpoint, operation, dryRun }: Seen): string =>
  `${endpoint}.${operation}${dryRun ? ' (DryRun)' : ''}`

/** The sum of all tallies in a journal, operation by operation. */
const sentBy = (journal: readonly Entry[]): Record<string, number> => {
  const tallies = journal.flatMap(({ data }) => ('requests' in data ? [data.requests ?? {}] : []))
  return tallyOf(
    tallies
      .flatMap(tally => Object.entries(tally))
      .flatMap(([operation, count]) => Array.from({ length: count }, () => operation)),
  )
}
