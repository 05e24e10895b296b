import { noCapacity, type PlanDraft } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Look } from '../../providers/look.js'
import { allowed, programOf } from '../command-run/command.js'
import { findTargets } from '../find-targets.js'
import { asJson, type Errand, errandByHand, errandChange, hostFor } from '../over-ssh/errand.js'
import { noWrittenSecret } from '../secret-reference.js'
import { shellLine } from '../shell-line.js'
import type { Input } from './schema.js'

/** The command as it is written, for each host: nothing is connected to plan it. */
export const plan = async (input: Input, look: Look): Promise<Result<PlanDraft>> => {
  const { argv, undo, targets: ids } = input
  for (const one of [argv, undo]) {
    const may = one ? allowed(look.fleet.guardrails.commands, one) : ok(null)
    if (!may.ok) return may
  }
  const found = await findTargets(ids, look)
  if (!found.ok) return found
  const errands: Errand[] = []
  for (const target of found.value.targets) {
    const host = hostFor(target, look.fleet)
    if (!host.ok) return host
    errands.push(errandOf(input, target.id, host.value))
  }
  const clean = noWrittenSecret({ errands: errands.map(asJson) })
  return clean.ok ? ok(draft(input, errands, found.value.warnings)) : clean
}

const errandOf = ({ argv, stdin, timeout, exit_codes, undo }: Input, target: string, host: string): Errand => ({
  target,
  host,
  argv,
  timeout,
  exits: exit_codes,
  ...(stdin === undefined ? {} : { stdin }),
  ...(undo === undefined ? {} : { undo }),
})

const draft = (
  { argv, undo, exit_codes }: Input,
  errands: readonly Errand[],
  warnings: readonly string[],
): PlanDraft => {
  const program = programOf(argv)
  const ids = errands.map(({ target }) => target)
  return {
    summary: `Run ${shellLine(argv)} on ${ids.length > NAMED ? `${ids.length} hosts` : ids.join(', ')}`,
    changes: errands.map(errandChange),
    blast: noCapacity(undo === undefined),
    facts: [],
    warnings,
    undo: undo
      ? [`run ${shellLine(undo)} on each of them`]
      : [`what ${program} does cannot be undone: the step names no \`undo\``],
    confirm: ids.length === 1 ? `${ids[0]}` : `${program} ${ids.length}`,
    predicted: { ran: ids.map(target => ({ target, exit: exit_codes[0] ?? 0, stdout: '', stderr: '' })) },
    commands: errands.map(errandByHand),
    locks: [],
    atLeast: { level: 'operator', reason: 'it runs a program, and only a person can know what that does' },
    outside: true,
  }
}

/** So many are named in a line; the changes name all. */
const NAMED = 5
