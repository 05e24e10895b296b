import { ok } from '../../domain/result.js'
import type { Ownership } from '../../runtime/owner.js'

/** A rehearsal owns nothing: it writes nothing, and changes nothing. */
export const NOBODY: Ownership = {
  mark: { host: '', pid: process.pid, fence: 0 },
  holds: () => ok(null),
  pressed: () => {},
  lastKey: () => undefined,
  release: async () => {},
}
