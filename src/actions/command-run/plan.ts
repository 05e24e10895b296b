import { noCapacity, type PlanDraft } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Look } from '../../providers/look.js'
import { noWrittenSecret } from '../secret-reference.js'
import { shellLine } from '../shell-line.js'
import { allowed, asJson, byHand, type Command, changeFor, programOf } from './command.js'
import type { Input } from './schema.js'

/** The command as it is written, with references for secrets: nothing is started to plan it. */
export const plan = async (input: Input, { fleet }: Look): Promise<Result<PlanDraft>> => {
  const command = commandOf(input)
  const clean = noWrittenSecret(asJson(command))
  if (!clean.ok) return clean
  for (const argv of [command.argv, command.undo]) {
    const may = argv ? allowed(fleet.guardrails.commands, argv) : ok(null)
    if (!may.ok) return may
  }
  const { argv, undo } = command
  const program = programOf(argv)
  return ok({
    summary: `Run ${shellLine(argv)}`,
    changes: [changeFor(command)],
    blast: noCapacity(undo === undefined),
    facts: [],
    warnings: [],
    undo: undo
      ? [`run ${shellLine(undo)}`]
      : [`what ${program} does cannot be undone: the step names no \`undo\``],
    confirm: program,
    predicted: { stdout: '', stderr: '', exit: 0 },
    commands: [byHand(command)],
    locks: [],
    atLeast: { level: 'operator', reason: 'it runs a program, and only a person can know what that does' },
    outside: true,
  })
}

const commandOf = ({ argv, stdin, env, timeout, undo }: Input): Command => ({
  argv,
  timeout,
  ...(stdin === undefined ? {} : { stdin }),
  ...(env === undefined ? {} : { env }),
  ...(undo === undefined ? {} : { undo }),
})
