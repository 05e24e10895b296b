import type { Json } from '../../domain/json.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Fleet } from '../../fleet/fleet.js'
import { excerpt } from '../../providers/excerpt.js'
import { programOf } from '../command-run/command.js'
import { defineOp, type Hands, type OpBehaviour, type Probe } from '../contract.js'
import { fillText } from '../secret-reference.js'
import { shellLine } from '../shell-line.js'
import { asJson, type Errand, errand, errandByHand, RUN } from './errand.js'

/** May that program be run? By the fleet file as it is now: an op may be undone on another day. */
type May = (argv: readonly string[], fleet: Fleet) => Result<null>

/** The op of one errand. */
export const runErrand = (may: May): OpBehaviour =>
  defineOp(errand, { effect: effect(may), probe, byHand: errandByHand, undo: takeBack })

const effect =
  (may: May) =>
  async (
    { target, host, argv, timeout, exits, stdin }: Errand,
    _token: string,
    hands: Hands,
  ): Promise<Result<Json>> => {
    const allowed = may(argv, hands.fleet)
    if (!allowed.ok) return allowed
    const input = stdin === undefined ? undefined : fillText(stdin, hands.secret)
    if (input?.ok === false) return input
    const given = input ? { stdin: input.value } : {}
    const done = await hands.providers.ssh.run({ host, argv, timeout, ...given })
    if (!done.ok) return done
    const { exit, stdout, stderr } = done.value
    if (exits.includes(exit)) return ok({ exit, stdout, stderr })
    return fail(
      'command.failed',
      `${programOf(argv)} on ${target} ended with ${exit}: ${excerpt(stderr) || excerpt(stdout) || 'it said nothing'}`,
      `look at what \`${shellLine(argv)}\` says there by hand; it may have done part of its work`,
    )
  }

/** Firebreak cannot know what a program changes. */
const probe = async ({ target, host, argv }: Errand): Promise<Probe> => ({
  state: 'unknown',
  evidence: `what \`${shellLine(argv)}\` does on ${target} (${host}), and whether it still runs there; it was started, and its end was not seen`,
})

const takeBack = ({ undo, stdin: _, ...one }: Errand) => {
  if (!undo) return 'the step names no command that takes it back'
  return [{ kind: RUN, key: 'undo', target: one.target, args: asJson({ ...one, argv: undo, exits: [0] }) }]
}
