import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import type { Entry } from '../../src/journal/contract.js'
import { firebreak, type Machine, type Options, ofType, type Run } from './firebreak.js'

/** A change outside of a runbook that was agreed to, and its incident. */
export type CarriedOut = { readonly run: Run; readonly id: string }

/** As an operator without a terminal does it: shown by a dry-run, and carried out by the digest that it printed. */
export const carriedOut = async (
  machine: Machine,
  args: readonly string[],
  options: Options = {},
): Promise<CarriedOut> => {
  const agreeing = await agreed(machine, args, options)
  const run = await firebreak(machine, [...args, ...agreeing], options)
  const id = /`firebreak resume (\S+)` goes on/.exec(run.stderr)?.[1] ?? expect.fail(run.stderr)
  return { run, id }
}

/** The answers that agree to what a dry-run of it shows, as arguments; nothing is interrupted in the dry-run. */
export const agreed = async (
  machine: Machine,
  args: readonly string[],
  { env: { NODE_OPTIONS: _, ...env } = {} }: Options = {},
): Promise<readonly string[]> => {
  const shown = await firebreak(machine, [...args, '--dry-run'], { env })
  const digest = /digest ([0-9a-f]{64})/.exec(shown.stderr)?.[1] ?? expect.fail(shown.stdout + shown.stderr)
  const step = args[0] === 'undo' ? 'undo' : (args[1] ?? '').replaceAll(/[.-]/g, '_')
  const file = `${digest.slice(0, 12)}.yaml`
  writeFileSync(path.join(machine.cwd, file), `gates: { ${step}: { approve: ${digest} } }\n`)
  return ['--answers', file]
}

/** The same of the undo of an incident. */
export const takenBack = async (machine: Machine, id: string, options: Options = {}): Promise<Run> => {
  const args = ['undo', id]
  return firebreak(machine, [...args, ...(await agreed(machine, args, options))], options)
}

/** `firebreak do ip-filter.apply`, by an operator who sits outside of all networks of the tests. */
export const applying = (cluster: string, values: readonly string[]): readonly string[] => {
  const all = [`cluster=${cluster}`, 'ports=11211', 'protocol=tcp', 'operator=192.0.2.99', ...values]
  return ['do', 'ip-filter.apply', ...all.flatMap(value => ['-w', value])]
}

export const removing = (filter: string): readonly string[] => [
  ...['do', 'ip-filter.remove'],
  ...['-w', `filters=${filter}`],
]

/** What the filter is called that was put up there. */
export const filterOf = (journal: readonly Entry[]): string =>
  String(ofType(journal, 'plan.made')[0]?.data.plan?.predicted.filter)
