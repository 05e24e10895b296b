import { fail, ok } from '../../src/domain/result.js'
import type { FilterRegister } from '../../src/fleet/filters/register.js'
import type { Look } from '../../src/providers/look.js'

type Nobody = Pick<Look, 'clients' | 'allowlist' | 'standpoint'> & { readonly filters: FilterRegister }

/** A fleet of which nobody knows who comes, or who must not be blocked; nobody is. */
export const NOBODY: Nobody = {
  clients: { read: () => new Map(), record: () => {} },
  allowlist: async () => fail('allowlist.unusable', 'there is none', 'write one'),
  standpoint: { here: [] },
  filters: { all: () => [], write: () => ok(null), strike: () => ok(null) },
}
