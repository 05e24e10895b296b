import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import { excerpt } from '../../../providers/excerpt.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'
import { fillText, fillTexts } from '../../secret-reference.js'
import { shellLine } from '../../shell-line.js'
import { allowed, asJson, byHand, type Command, command, programOf } from '../command.js'

/** The fleet file as it is now is asked again: an op may be undone on another day. */
const effect = async (args: Command, _token: string, hands: Hands): Promise<Result<Json>> => {
  const { argv, timeout } = args
  const may = allowed(hands.fleet.guardrails.commands, argv)
  if (!may.ok) return may
  const env = fillTexts(args.env ?? {}, hands.secret)
  if (!env.ok) return env
  const stdin = args.stdin === undefined ? ok(undefined) : fillText(args.stdin, hands.secret)
  if (!stdin.ok) return stdin
  const given = stdin.value === undefined ? {} : { stdin: stdin.value }
  const done = await hands.providers.processes.run({ argv, timeout, env: env.value, ...given })
  if (!done.ok) return done
  const { exit, stdout, stderr } = done.value
  if (exit === 0) return ok({ stdout, stderr, exit })
  return fail(
    'command.failed',
    `${programOf(argv)} ended with ${exit}: ${excerpt(stderr) || excerpt(stdout) || 'it said nothing'}`,
    `look at what \`${shellLine(argv)}\` says by hand; it may have done part of its work`,
  )
}

/** Firebreak cannot know what a program changes. */
const probe = async ({ argv }: Command): Promise<Probe> => ({
  state: 'unknown',
  evidence: `what \`${shellLine(argv)}\` does; it was started on this machine, and its end was not seen`,
})

export const run = defineOp(command, {
  effect,
  probe,
  byHand,
  undo: ({ undo, env, timeout }) =>
    undo
      ? [
          {
            kind: 'run',
            key: 'undo',
            target: programOf(undo),
            args: asJson({ argv: undo, timeout, ...(env ? { env } : {}) }),
          },
        ]
      : 'the step names no command that takes it back',
})
