import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { firebreak, incidentsOf, journalOf, type Machine, ofType, type Run } from './firebreak.js'

/** A fleet file and a runbook, as an SRE team would have them in git: one static proxy, and what may be run. */
export const writeRunbooks = (machine: Machine, { name, title, steps, commands }: Written): void => {
  const dir = path.join(machine.cwd, 'runbooks')
  const fleet = `
clusters:
  us-east-c1:
    proxies:
      kind: haproxy
      discover: { static: [{ id: p1, socket: /nonexistent/admin.sock }] }
      admin: unix:{socket}
      data: tcp://127.0.0.1:1
      frontends: [shard1]
      address: none
      min_healthy: 1
guardrails:
  max_unavailable_proxies: 1
  failures: 2
  commands: ${JSON.stringify(commands)}
`
  mkdirSync(dir)
  writeFileSync(path.join(dir, 'fleet.yaml'), fleet)
  writeFileSync(path.join(dir, `${name}.yaml`), `runbook: ${name}\ntitle: ${title}\nsteps:${steps}`)
}

type Written = {
  readonly name: string
  readonly title: string
  /** The steps' YAML, each on lines of its own. */
  readonly steps: string
  /** Prefixes of argv that the fleet file allows. */
  readonly commands: readonly (readonly string[])[]
}

type Rehearsed = { readonly runs: readonly Run[]; readonly live: Run; readonly id: string }

/** Rehearses a runbook, and then runs it with the digests that the rehearsal printed. */
export const rehearseAndRun = async (
  machine: Machine,
  runbook: string,
  env: Readonly<Record<string, string>> = {},
  ...more: readonly string[]
): Promise<Rehearsed> => {
  const before = [...incidentsBefore(machine)]
  const newest = () => incidentsOf(machine).find(id => !before.includes(id))
  const rehearsed = await firebreak(machine, ['run', runbook, '--dry-run', '--auto'], { env })
  const rehearsal = newest() ?? expect.fail(rehearsed.stderr)
  before.push(rehearsal)
  const gates = ofType(journalOf(machine, rehearsal), 'plan.made').map(
    ({ data }) => `  ${data.step}: { approve: ${data.plan?.digest} }\n`,
  )
  expect(gates.length).toBeGreaterThan(0)
  writeFileSync(path.join(machine.cwd, 'answers.yaml'), `gates:\n${gates.join('')}`)
  const live = await firebreak(machine, ['run', runbook, '--answers', 'answers.yaml', ...more], { env })
  return { runs: [rehearsed, live], live, id: newest() ?? expect.fail(live.stderr) }
}

/** There may have been none so far. */
const incidentsBefore = (machine: Machine): readonly string[] => {
  try {
    return incidentsOf(machine)
  } catch {
    return []
  }
}
