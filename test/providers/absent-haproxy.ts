import type { fail } from '../../src/domain/result.js'
import type { Haproxy } from '../../src/providers/contract.js'

/** A runtime API that gives every command the same failure; a test puts in the place of some what it is about. */
export const absentHaproxy = (failure: ReturnType<typeof fail>): Haproxy => {
  const failing = async () => failure
  return {
    level: failing,
    stat: failing,
    servers: failing,
    info: failing,
    disableFrontend: failing,
    enableFrontend: failing,
    setWeight: failing,
    shutdownSessions: failing,
    setConnRateLimit: failing,
    listed: failing,
    matches: failing,
    deny: failing,
    allow: failing,
    sessions: failing,
    shutSession: failing,
    table: failing,
  }
}
