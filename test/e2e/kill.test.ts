import { beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from '../../src/journal/contract.js'
import {
  changesBy,
  firebreak,
  journalOf,
  linesIn,
  type Machine,
  newMachine,
  ofType,
  onlyIncident,
  sideBySide,
  textOf,
  theOnly,
  worldLog,
} from './firebreak.js'
import { KILLED, killAt } from './kill-at.js'

/**
 * Moments of a drill at which it dies: at a line of its journal, at a change of the world (which is asked for, or
 * done, and not known to the journal yet), and at a request in between; before the line, in it, and after it.
 */
const moments = (file: string, lines: readonly number[], when: string): string[] =>
  lines.map(line => `${file}:${line}:${when}`)

const upTo = (last: number, step = 1): number[] =>
  Array.from({ length: Math.ceil(last / step) }, (_, n) => n * step + 1)

const MOMENTS = [
  // Every fifth line: `npm run torture` tries each.
  ...moments('journal.jsonl', upTo(28, 5), 'after'),
  ...moments('journal.jsonl', [13, 22, 30], 'torn'),
  ...moments('journal.jsonl', [36, 40, 43], 'after'),
  ...['before', 'torn', 'after'].flatMap(when => moments('world.log', upTo(3), when)),
  ...moments('endpoint.log', [9, 15, 24], 'after'),
].map((moment, n) => ({ moment, n: n + 1 }))

/** Each third one is killed again while it is being resumed. */
const AGAIN = 'journal.jsonl:4:after'
const RESUME = ['resume', 'last', '--auto']

type Story = {
  readonly machine: Machine
  readonly id: string
  /** What stood in the journal when it was killed. */
  readonly before: readonly string[]
  readonly code: number | undefined
  readonly stdout: string
}

describe(`a drill that was killed and resumed, at ${MOMENTS.length} moments`, () => {
  const stories = new Map<number, Story>()

  beforeAll(async () => {
    await sideBySide(MOMENTS, 3, async ({ n, moment }) => {
      stories.set(n, await killAndResume(moment, n))
    })
  }, 150_000)

  it('there is a story of each', () => {
    expect(MOMENTS).toHaveLength(24)
    expect(stories.size).toBe(24)
  })

  it.each(MOMENTS)('is the same incident, goes on to its end and does nothing twice ($moment)', ({ n }) => {
    const { machine, id, before, code, stdout } = stories.get(n)!
    expect(code).toBe(0)
    expect(stdout).toMatch(/the incident is resolved/i)
    expect(onlyIncident(machine)).toBe(id)

    const after = linesIn(textOf(machine, id))
    expect(after.slice(0, before.length)).toEqual(before)
    const journal = journalOf(machine, id)
    expect(new Set(journal.map(({ incident }) => incident))).toEqual(new Set([id]))
    expect(ofType(journal, 'incident.opened')).toHaveLength(1)
    expect(ofType(journal, 'incident.resumed').length).toBeGreaterThan(0)
    expect(theOnly(journal, 'incident.ended').data.outcome).toBe('resolved')

    const world = worldLog(machine, id)
    const launched = changesBy(world, 'RunInstances').flatMap(({ result }) => result?.instances ?? [])
    expect(launched).toHaveLength(opsOf(journal, 'launch').length)
    expect(changesBy(world, 'AssociateAddress')).toHaveLength(opsOf(journal, 'move').length)
    const tagging = [...opsOf(journal, 'enter-service'), ...opsOf(journal, 'park')]
    expect(changesBy(world, 'CreateTags')).toHaveLength(tagging.length)
    expect(theOnly(journal, 'drill.scored').data.measures).toMatchObject({
      faulted_replaced: 1,
      healthy_replaced: 0,
      instances_launched: 1,
      instances_leaked: 0,
    })
  })

  it('every one of them verifies', async () => {
    await sideBySide([...stories.values()], 2, async ({ machine, id }) => {
      const { code, stderr } = await firebreak(machine, ['journal', 'verify', id])
      expect(code, stderr).toBe(0)
    })
  })

  it('among them are ops that were in doubt, and were looked up instead of done again', () => {
    const journals = [...stories.values()].map(({ machine, id }) => journalOf(machine, id))
    const resolved = journals.flatMap(journal => ofType(journal, 'op.resolved'))
    expect(resolved.filter(({ data }) => data.verdict === 'done')).not.toEqual([])
    for (const { data, actor } of resolved)
      expect({ actor, by: data.by }).toEqual({ actor: 'engine', by: 'engine' })
  })
})

/** Distinct ops of a kind, by their keys: an op that went on after a crash is the same op. */
const opsOf = (journal: readonly Entry[], kind: string): string[] => [
  ...new Set(ofType(journal, 'op.started').flatMap(({ data }) => (data.kind === kind ? [data.op] : []))),
]

const killAndResume = async (moment: string, seed: number): Promise<Story> => {
  const machine = newMachine()
  const killed = await firebreak(machine, ['drill', '--auto', '--seed', `${seed}`], { env: killAt(moment) })
  expect(killed.signal, `${moment} was never reached`).toBe(KILLED)
  const id = onlyIncident(machine)
  const before = linesIn(textOf(machine, id))
  if (seed % 3 === 0) await firebreak(machine, RESUME, { env: killAt(AGAIN) })
  const { code, stdout } = await firebreak(machine, RESUME)
  return { machine, id, before, code, stdout }
}
