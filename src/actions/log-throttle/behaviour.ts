import { fail, ok } from '../../domain/result.js'
import type { ActionBehaviour } from '../contract.js'
import { RUN } from '../over-ssh/errand.js'
import { runErrand } from '../over-ssh/run-errand.js'
import { shellLine } from '../shell-line.js'
import { apply } from './apply.js'
import { SET, setVerbosity } from './ops/set-verbosity.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

/** Only what the fleet file's `log` says now, word for word. */
const declared = runErrand((argv, { log }) =>
  [log?.throttle, log?.restore].some(one => one !== undefined && shellLine(one) === shellLine(argv))
    ? ok(null)
    : fail(
        'guardrail.refused',
        `\`${shellLine(argv)}\` is neither \`log.throttle\` nor \`log.restore\` of the fleet file any more`,
        'compare it with the fleet file of then, and do it by hand or by `ssh.run`',
      ),
)

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: { [RUN]: declared, [SET]: setVerbosity },
  apply,
}
