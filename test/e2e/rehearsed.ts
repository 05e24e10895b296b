import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { firebreak, incidentsOf, journalOf, type Machine, ofType, type Run } from './firebreak.js'

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
