import { fail } from '../../src/domain/result.js'
import type { Look } from '../../src/providers/look.js'

/** A fleet of which nobody knows who comes, or who must not be blocked. */
export const NOBODY: Pick<Look, 'clients' | 'allowlist'> = {
  clients: { read: () => new Map(), record: () => {} },
  allowlist: async () => fail('allowlist.unusable', 'there is none', 'write one'),
}
