/** Process exit codes: a promise to scripts and to other tools. */
export const EXIT = {
  /** Done, resolved or mitigated. */
  done: 0,
  /** Unresolved, aborted, or findings in a file. */
  unresolved: 1,
  /** Wrong usage of the command line. */
  usage: 2,
  /** A guardrail refused, or the operator declined. */
  refused: 3,
  /** Paused; `firebreak resume` goes on. */
  paused: 4,
  /** A bug in firebreak. */
  bug: 70,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
