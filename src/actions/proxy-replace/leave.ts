import { fail, ok, type Result } from '../../domain/result.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Target } from '../../fleet/inventory.js'
import type { Address, StatRow } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'
import { stateOf } from '../proxy-life/ways.js'
import type { Leave } from './changes.js'

/** One proxy to be replaced, and how its clients leave it. */
export type Leaving = {
  readonly target: Target
  readonly leave: Leave
  /** Of its address, where clients come by one. */
  readonly publicIp?: string
  /** Client connections now; undefined where it does not say. */
  readonly connections: number | undefined
}

/** Seconds; `deadline` is what was asked for, in milliseconds. */
export const deadlineFor = (deadline: number | undefined, { posture }: Pick<Look, 'posture'>): number =>
  Math.round((deadline ?? DEADLINE_MS[posture]) / 1_000)

/** In aggressive posture connectivity is restored at the expense of who is connected. */
const DEADLINE_MS = { conservative: 60_000, aggressive: 20_000 } as const

/** How the clients of each leave: with the address, or by being sent away. */
export const leavingOf = async (
  cluster: Cluster,
  targets: readonly Target[],
  deadlineSeconds: number,
  look: Look,
): Promise<Result<readonly Leaving[]>> => {
  if (cluster.proxies.address === 'elastic-ip') return byAddress(await seenOf(targets, look), look)
  return ok(await sentAway(cluster, targets, deadlineSeconds, look))
}

/** Where none comes in their place, the clients of each can only be sent away. */
export const sentAway = async (
  cluster: Cluster,
  targets: readonly Target[],
  deadlineSeconds: number,
  look: Look,
): Promise<readonly Leaving[]> =>
  (await seenOf(targets, look)).map(one => byDrain(cluster, one, deadlineSeconds))

const seenOf = (targets: readonly Target[], look: Look): Promise<readonly Seen[]> =>
  Promise.all(targets.map(async target => ({ target, rows: await statOf(target, look) })))

type Seen = { readonly target: Target; readonly rows: readonly StatRow[] | undefined }

const statOf = async ({ admin }: Target, look: Look): Promise<readonly StatRow[] | undefined> => {
  const stat = admin === undefined ? undefined : await look.providers.haproxy(admin).stat()
  return stat?.ok ? stat.value : undefined
}

const byAddress = async (seen: readonly Seen[], look: Look): Promise<Result<readonly Leaving[]>> => {
  const ec2 = await look.providers.ec2()
  if (!ec2.ok) return ec2
  const ids = seen.map(({ target }) => target.id)
  const addresses = await ec2.value.describeAddresses([{ name: 'instance-id', values: ids }])
  if (!addresses.ok) return addresses
  const leaving: Leaving[] = []
  for (const { target, rows } of seen) {
    const address = onlyAddress(target.id, addresses.value)
    if (!address.ok) return address
    const { allocationId: allocation, associationId: association, publicIp } = address.value
    const leave = { by: 'move', allocation, association } as const
    leaving.push({ target, leave, publicIp, connections: connectionsIn(rows) })
  }
  return ok(leaving)
}

const onlyAddress = (
  id: string,
  addresses: readonly Address[],
): Result<Address & { associationId: string }> => {
  const its = addresses.filter(({ instanceId }) => instanceId === id)
  const [address, ...others] = its
  if (address?.associationId !== undefined && others.length === 0)
    return ok({ ...address, associationId: address.associationId })
  return fail(
    'plan.impossible',
    `${id} has ${its.length} elastic IPs attached; exactly one can be moved`,
    'look at its addresses in EC2; clients may already be elsewhere',
  )
}

/** What is stopped already stays so after an undo, too. Of the servers all: whatever goes through this proxy ends. */
const byDrain = (cluster: Cluster, { target, rows }: Seen, deadlineSeconds: number): Leaving => {
  const { admin } = target
  const connections = connectionsIn(rows)
  if (rows === undefined || admin === undefined) return { target, leave: { by: 'nothing' }, connections }
  const open = rows.filter(row => row.type === 'frontend' && stateOf(row) === 'open').map(({ proxy }) => proxy)
  const leave = {
    by: 'drain',
    admin,
    frontends: cluster.proxies.frontends.map(({ name }) => name).filter(name => open.includes(name)),
    servers: rows.filter(({ type }) => type === 'server').map(({ proxy, server }) => `${proxy}/${server}`),
    deadlineSeconds,
  } as const
  return { target, leave, connections }
}

const connectionsIn = (rows: readonly StatRow[] | undefined): number | undefined =>
  rows?.filter(({ type }) => type === 'frontend').reduce((sum, { sessions }) => sum + sessions, 0)
