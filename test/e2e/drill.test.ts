import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  endpointLog,
  firebreak,
  journalOf,
  type Machine,
  newMachine,
  ofType,
  onlyIncident,
  RUNBOOKS,
  sideBySide,
  textOf,
  theOnly,
  worldLog,
} from './firebreak.js'

const SEEDS = Array.from({ length: 5 }, (_, n) => n + 1)
const AUTO = ['drill', 'one-hot-proxy', '--auto', '--json', '--seed']

describe('a drill without a terminal', () => {
  it('says that it plays by itself, what it replaced, how it ended, and what there is to read', async () => {
    const machine = newMachine()
    const { code, stdout, stderr } = await firebreak(machine, ['drill'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/no terminal.*recommended answers/is)

    const id = onlyIncident(machine)
    const journal = journalOf(machine, id)
    const [park] = ofType(journal, 'op.finished').filter(({ data }) => data.kind === 'park')
    const { data } = theOnly(journal, 'drill.scored')
    expect(stdout).toMatch(/the incident is resolved/i)
    expect(stdout).toContain(`in the place of ${park!.data.target}`)
    expect(stdout).toMatch(new RegExp(`score\\s+${data.score} of 100`))
    expect(stdout).toContain(path.join(machine.state, 'incidents', id, 'journal.jsonl'))
    expect(stdout).toContain(journal.at(-1)!.hash)
    expect(stdout).toMatch(/^next$/m)
    expect(stdout + stderr).not.toMatch(/warning|deprecat/i)
  })
})

describe('with --auto --json', () => {
  const agreed = new Map<number, Played>()

  beforeAll(async () => {
    await sideBySide(SEEDS, 2, async seed => {
      const machine = newMachine()
      const { code, stdout } = await firebreak(machine, [...AUTO, `${seed}`])
      const verbatim = stdout === textOf(machine, onlyIncident(machine))
      agreed.set(seed, { ...outcomeOf(machine), code, verbatim })
    })
  })

  it.each(SEEDS)('stdout is the journal, byte for byte, and the faulted proxy is replaced (seed %i)', seed => {
    const { faulted, ...run } = agreed.get(seed)!
    expect(faulted).toHaveLength(1)
    expect(run).toMatchObject({ code: 0, verbatim: true, outcome: 'resolved', replaced: faulted })
    expect(run.score).toEqual(expect.any(Number))
  })

  it('which proxy it is, the seed decides', () => {
    const proxies = new Set([...agreed.values()].flatMap(({ faulted }) => faulted))
    expect(proxies.size).toBe(SEEDS.length) // ids are of a seed, too
  })

  it('with every gate declined they change nothing, are not resolved, and score lower', async () => {
    await sideBySide(SEEDS, 2, async seed => {
      const machine = newMachine()
      const answers = path.join(machine.cwd, 'answers.yaml')
      writeFileSync(answers, 'gates: { replace: decline }\nanswers: { stuck: stop }\n')
      const { code } = await firebreak(machine, [...AUTO, `${seed}`, '--answers', answers])
      const declined = outcomeOf(machine)
      expect(declined, `seed ${seed}`).toMatchObject({ replaced: [], faulted: agreed.get(seed)!.faulted })
      expect(declined.outcome, `seed ${seed}`).not.toBe('resolved')
      expect(declined.score, `seed ${seed}`).toBeLessThan(agreed.get(seed)!.score)
      expect(worldLog(machine, onlyIncident(machine)), `seed ${seed}`).toEqual([])
      expect(code, `seed ${seed}`).toBe(1)
    })
  })

  it('the same seed plays the same journal, but for what hangs on the id and on the time of day', async () => {
    const texts = await sideBySide([7, 7], 2, async seed => {
      const machine = newMachine()
      const { stdout } = await firebreak(machine, ['drill', '--auto', '--json', '--seed', `${seed}`])
      return anonymous(stdout, onlyIncident(machine))
    })
    expect(texts[0]).toEqual(texts[1])
    expect(texts[0]!.length).toBeGreaterThan(20)
  })
})

describe('a drill --dry-run', () => {
  const scenarios = readdirSync(path.join(RUNBOOKS, 'drills')).map(name => path.basename(name, '.yaml'))

  it.each(scenarios)('of %s changes nothing, at no endpoint, and does not say that it did', async scenario => {
    const machine = newMachine()
    const args = ['drill', scenario, '--dry-run', '--auto', '--json', '--seed', '5']
    const { code } = await firebreak(machine, args)
    const id = onlyIncident(machine)
    const journal = journalOf(machine, id)
    // What it would come to is what it says.
    const { outcome } = theOnly(journal, 'dry_run.ended').data
    expect(code).toBe(outcome === 'resolved' || outcome === 'mitigated' ? 0 : 1)
    expect(textOf(machine, id, 'world.log')).toBe('')
    expect(endpointLog(machine, id).filter(({ mutating }) => mutating)).toEqual([])
    expect(endpointLog(machine, id)).not.toEqual([]) // checks do look
    expect(journal.at(-1)!.type).toBe('dry_run.ended')
    expect(ofType(journal, 'incident.ended')).toEqual([])
    expect(ofType(journal, 'op.started')).toEqual([])
  })

  it('says so to people too', async () => {
    const { code, stdout } = await firebreak(newMachine(), ['drill', '--dry-run', '--seed', '5'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/DRILL DRY-RUN: nothing was changed/)
    expect(stdout).not.toMatch(/succeeded|the incident is resolved/i)
  })
})

type Played = ReturnType<typeof outcomeOf> & {
  readonly code: number | undefined
  readonly verbatim: boolean
}

/** How a drill ended, and which proxies left the service. */
const outcomeOf = (machine: Machine) => {
  const journal = journalOf(machine, onlyIncident(machine))
  const { score, faulted } = theOnly(journal, 'drill.scored').data
  return {
    outcome: theOnly(journal, 'incident.ended').data.outcome,
    score,
    faulted: (faulted as { instance: string }[]).map(({ instance }) => instance),
    replaced: ofType(journal, 'op.finished').flatMap(({ data }) => (data.kind === 'park' ? [data.target] : [])),
  }
}

/** Without the id, the wall time, the process and the chain. An op's token is made from the id. */
const anonymous = (text: string, id: string) =>
  text
    .replaceAll(id, 'the-incident')
    .trimEnd()
    .split('\n')
    .map(line => {
      const { wall: _wall, prev: _prev, hash: _hash, data, ...rest } = JSON.parse(line)
      return { ...rest, data: { ...data, ...sameForAll(data) } }
    })

const sameForAll = (data: { readonly token?: string; readonly owner?: object }) => ({
  ...('token' in data ? { token: 'from the id' } : {}),
  ...('owner' in data ? { owner: { ...data.owner, pid: 'of the process' } } : {}),
})
