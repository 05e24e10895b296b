import path from 'node:path'
import type { StandingFilter } from '../../src/fleet/filters/filter.js'
import { fileFilterRegister } from '../../src/fleet/filters/register.js'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { okOf } from '../providers/wire.js'
import type { Machine } from './firebreak.js'

/** Long ago, and in a time that none of these tests sees: when a test runs makes no difference. */
export const OVER = Date.UTC(2020, 0, 1)
export const LATER = Date.UTC(2099, 0, 1)

const FLEET = 'file-0123456789abcdef'

/** The register of that fleet on that machine. */
export const registerOf = (machine: Machine, fleet = FLEET) =>
  fileFilterRegister(path.join(machine.state, 'filters', fleet))

type Wanted = Partial<Omit<StandingFilter, 'prefixes'>> & {
  readonly filter: string
  readonly prefixes: readonly [string, ...string[]]
}

/** A filter on the deny list of a proxy, as `ip-filter.apply` writes it down; nothing is put up by it. */
export const recordFor = (
  proxy: Pick<RunningHaproxy, 'admin' | 'denyList'>,
  { prefixes: [first, ...more], ...wanted }: Wanted,
): StandingFilter => ({
  incident: '20261124-0412-kqzx',
  cluster: 'edge',
  place: { by: 'deny_list', proxy: 'p1', admin: proxy.admin, list: proxy.denyList },
  scope: { protocol: 'tcp', ports: { from: 11_211, to: 11_212 } },
  until: OVER,
  ...wanted,
  prefixes: [prefixOf(first), ...more.map(prefixOf)],
})

/** Stands at the proxy, and is in the register. */
export const standAt = async (machine: Machine, proxy: RunningHaproxy, wanted: Wanted): Promise<void> => {
  const record = recordFor(proxy, wanted)
  okOf(registerOf(machine).write(record))
  for (const prefix of record.prefixes)
    okOf(await haproxy(proxy.admin, proxy.wire).deny(proxy.denyList, prefix))
}

/** What the proxy itself has on its list, in no order. */
export const deniedAt = async ({ admin, denyList, wire }: RunningHaproxy): Promise<readonly string[]> =>
  okOf(await haproxy(admin, wire).listed(denyList)).map(({ pattern }) => pattern)
