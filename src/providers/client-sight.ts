import { ok, type Result } from '../domain/result.js'
import type { Cluster } from '../fleet/fleet.js'
import type { Inventory, Target } from '../fleet/inventory.js'
import type { Look } from './look.js'

/** Who is connected now. */
export type Sight = {
  /** Connections by address, over all proxies that answered. */
  readonly clients: ReadonlyMap<string, number>
  readonly answered: number
  readonly unseen: readonly { readonly id: string; readonly reason: string }[]
}

export const lookAtClients = async (
  { proxies }: Cluster,
  { targets }: Inventory,
  look: Look,
): Promise<Sight> => {
  const answers = await Promise.all(
    targets.map(async target => ({ target, seen: await clientsAt(target, proxies.clientTable, look) })),
  )
  const clients = new Map<string, number>()
  for (const { seen } of answers)
    for (const [address, connections] of seen.ok ? seen.value : [])
      clients.set(address, (clients.get(address) ?? 0) + connections)
  const unseen = answers.flatMap(({ target, seen }) =>
    seen.ok ? [] : [{ id: target.id, reason: seen.failure.message }],
  )
  return { clients, answered: answers.length - unseen.length, unseen }
}

type Counted = readonly (readonly [address: string, connections: number])[]

/** A table costs a proxy less than a list of its sessions. */
const clientsAt = async (
  { id, admin }: Target,
  table: string | undefined,
  { providers }: Look,
): Promise<Result<Counted>> => {
  if (admin === undefined) throw new Error(`proxy ${id} has no runtime API address`)
  const haproxy = providers.haproxy(admin)
  if (table === undefined) {
    const sessions = await haproxy.sessions()
    return sessions.ok ? ok(sessions.value.map(({ address }) => [address, 1])) : sessions
  }
  const counted = await haproxy.table(table)
  return counted.ok
    ? ok(counted.value.clients.map(({ address, counters }) => [address, counters.conn_cur ?? 0]))
    : counted
}
