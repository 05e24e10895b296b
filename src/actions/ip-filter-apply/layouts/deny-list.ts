import { fail, ok } from '../../../domain/result.js'
import { layAtProxies } from './at-proxies.js'
import type { Layout } from './layout.js'

/** HAProxy looks in it at every connection, and each entry is sent by itself. */
const MOST = 512

/** The list that every frontend rejects by: it cannot be for some of their ports only. */
export const layInDenyList: Layout = async (wanted, look) => {
  const { cluster, blocked, scope } = wanted
  const { denyList: list, frontends } = cluster.proxies
  if (list === undefined)
    return fail(
      'plan.impossible',
      `the fleet file names no list of denied addresses for the proxies of ${cluster.name}`,
      'write `deny_list`, the path that haproxy.cfg has after `-f`; or choose another way with `by`',
    )
  const outside = frontends.find(({ port }) => port < scope.ports.from || port > scope.ports.to)
  if (scope.protocol !== 'tcp' || outside)
    return fail(
      'plan.impossible',
      `${list} closes every frontend of ${cluster.name} over TCP, ${outside ? `also port ${outside.port}` : 'and nothing over UDP'}`,
      `ask for tcp and all of their ports, ${portsOf(frontends)}; or choose another way with \`by\``,
    )
  if (blocked.length > MOST)
    return fail(
      'plan.impossible',
      `it would be ${blocked.length} entries, and ${list} gets at most ${MOST}`,
      FEWER,
    )
  const laid = await layAtProxies(wanted, look, {
    placeOf: ({ id, admin = '' }) => ok({ by: 'deny_list', proxy: id, admin, list }),
    missing: async (place, ours) => {
      const listed = await look.providers.haproxy(place.by === 'deny_list' ? place.admin : '').listed(list)
      if (!listed.ok) return listed
      const theirs = new Set(listed.value.flatMap(({ prefix = '' }) => prefix))
      return ok(blocked.filter(prefix => !theirs.has(prefix) || ours.has(prefix)))
    },
  })
  if (!laid.ok) return laid
  const warnings = [
    ...laid.value.warnings,
    'a restart or a reload of HAProxy forgets the entries: `firebreak status` tells which proxies have',
  ]
  return ok({ ...laid.value, warnings, open: 'stay open: only new ones are rejected' })
}

const FEWER = 'name fewer or wider addresses, or choose another way with `by`'

const portsOf = (frontends: readonly { readonly port: number }[]): string => {
  const ports = frontends.map(({ port }) => port)
  const [from, to] = [Math.min(...ports), Math.max(...ports)]
  return from === to ? `${from}` : `${from}-${to}`
}
