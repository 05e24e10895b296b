// What actions share that run programs on hosts of the fleet: an errand is one program on one host.

import * as z from 'zod'
import type { JsonObject } from '../../domain/json.js'
import type { Change } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Target } from '../../fleet/inventory.js'
import { sshHostOf } from '../../fleet/ssh-host.js'
import { sshByHand, sshHost } from '../../providers/endpoint.js'
import { programOf } from '../command-run/command.js'
import type { OpRequest } from '../contract.js'
import { textOrSecret } from '../secret-reference.js'
import { quoted, shellLine } from '../shell-line.js'

/** As the plan shows it and as the op's args hold it. Secrets are references in it. */
export const errand = z.object({
  target: z.string(),
  /** `ssh://user@host:port`. */
  host: z.string(),
  argv: z.array(z.string()).min(1),
  stdin: textOrSecret.exactOptional(),
  /** Milliseconds. */
  timeout: z.number(),
  /** Exit codes that count as done. */
  exits: z.array(z.number()).min(1),
  undo: z.array(z.string()).min(1).exactOptional(),
})
export type Errand = z.output<typeof errand>

/** What it says when it has ended; its texts may be cut. */
export const ran = z.object({ exit: z.number(), stdout: z.string(), stderr: z.string() })

/** `ssh://user@host:port` of a target; fails where the fleet does not say how to get there. */
export const hostFor = (target: Target, fleet: Fleet): Result<string> => {
  const host = sshHostOf(target, fleet)
  return host !== undefined && sshHost(host) !== undefined
    ? ok(host)
    : fail(
        'plan.impossible',
        `nothing says how ssh reaches ${target.id}: its addresses name no host`,
        'give it a `private_ip`, or its runtime API an address ssh://…, in the fleet file',
      )
}

export const RUN = 'run'

export const errandChange = (one: Errand): Change => ({
  verb: 'run',
  resource: `${shellLine(one.argv)} on ${one.target}`,
  before: null,
  after: asJson(one),
})

export const errandRequest = (one: Errand): OpRequest => ({
  kind: RUN,
  key: programOf(one.argv),
  target: one.target,
  args: asJson(one),
})

/** An absent key is absent here, never undefined. */
export const asJson = (one: Errand): JsonObject => one as JsonObject

/** As it would be typed: the words are quoted for the shell there, and the line of them once more for the one here. */
export const errandByHand = ({ host, argv, stdin }: Errand): string => {
  const input = stdin === undefined ? '' : `printf %s ${quoted(stdin)} | `
  const to = sshHost(host)
  return `${input}${to ? sshByHand(to) : `ssh ${host}`} ${quoted(shellLine(argv))}`
}
