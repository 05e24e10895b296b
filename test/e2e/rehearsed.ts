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
  const rehearsed = await rehearse(machine, runbook, env, ...more)
  const before = incidentsBefore(machine)
  const live = await firebreak(machine, ['run', runbook, '--answers', ANSWERS, ...more], { env })
  return { runs: [rehearsed, live], live, id: newSince(machine, before) ?? expect.fail(live.stderr) }
}

/** The answers file that a rehearsal leaves in the working folder. */
export const ANSWERS = 'answers.yaml'

/** Rehearses a runbook, and writes the digests that it printed into an answers file. */
export const rehearse = async (
  machine: Machine,
  runbook: string,
  env: Readonly<Record<string, string>> = {},
  ...more: readonly string[]
): Promise<Run> => {
  const before = incidentsBefore(machine)
  const rehearsed = await firebreak(machine, ['run', runbook, '--dry-run', '--auto', ...more], { env })
  const rehearsal = newSince(machine, before) ?? expect.fail(rehearsed.stderr)
  const gates = ofType(journalOf(machine, rehearsal), 'plan.made').map(
    ({ data }) => `  ${data.step}: { approve: ${data.plan?.digest} }\n`,
  )
  expect(gates.length).toBeGreaterThan(0)
  writeFileSync(path.join(machine.cwd, ANSWERS), `gates:\n${gates.join('')}`)
  return rehearsed
}

const newSince = (machine: Machine, before: readonly string[]): string | undefined =>
  incidentsOf(machine).find(id => !before.includes(id))

/** There may have been none so far. */
const incidentsBefore = (machine: Machine): readonly string[] => {
  try {
    return incidentsOf(machine)
  } catch {
    return []
  }
}
