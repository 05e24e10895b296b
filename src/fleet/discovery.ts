import type { Clock } from '../domain/clock.js'
import type { Result } from '../domain/result.js'
import { fail, ok } from '../domain/result.js'
import type { Fleet } from './fleet.js'
import type { Inventory, Target } from './inventory.js'
import type { InventoryStore } from './inventory-store.js'
import type { FoundInstance, Group } from './target.js'
import { instanceTarget, staticTarget } from './target.js'

/** The one thing that discovery asks of EC2; the EC2 provider fits. */
export type InstanceReader = {
  readonly describeInstances: (query: {
    readonly filters?: readonly { readonly name: string; readonly values: readonly string[] }[]
    readonly patience?: number
  }) => Promise<Result<readonly FoundInstance[]>>
}

export type DiscoveryTools = {
  /** Asked for only where the fleet is discovered through EC2, so that no other fleet loads the AWS SDK. */
  readonly reader: () => Promise<Result<InstanceReader>>
  readonly store: InventoryStore
  readonly clock: Clock
}

/** The targets of one group as they are now; where EC2 cannot say, as they were when it last could. */
export const discover = async (
  fleet: Fleet,
  clusterName: string,
  role: Inventory['role'],
  tools: DiscoveryTools,
): Promise<Result<Inventory>> => {
  const group = findGroup(fleet, clusterName, role)
  if (!group.ok) return group
  const { discover: how } = group.value.definition
  const inventory = (source: 'static' | 'ec2', targets: Target[]): Inventory => ({
    cluster: clusterName,
    role,
    at: tools.clock.now(),
    source,
    targets: targets.sort((a, b) => (a.id < b.id ? -1 : 1)),
  })
  if (how.kind === 'static') {
    return ok(
      inventory(
        'static',
        how.targets.map(target => staticTarget(group.value, target)),
      ),
    )
  }
  const saved = tools.store.load(clusterName, role)
  const found = await askEc2(how.tags, tools, saved !== undefined)
  if (!found.ok) return fallBack(saved, clusterName, role, found.failure.message)
  const current = inventory(
    'ec2',
    found.value.map(instance => instanceTarget(group.value, instance)),
  )
  // An empty answer may be a tag gone wrong; it is reported, but it does not take the place of the last good one.
  // That it could not be saved is no reason to stop now: what was found is there.
  if (current.targets.length > 0) tools.store.save(current)
  return ok(current)
}

/** Set by our own hand: what is not in service yet, or not any more, is no target. Without the tag it is one. */
export const STATE_TAG = {
  key: 'firebreak:state',
  launching: 'launching',
  inService: 'in-service',
  parked: 'parked',
} as const

const isInService = ({ tags }: FoundInstance): boolean => {
  const state = tags[STATE_TAG.key]
  return state !== STATE_TAG.launching && state !== STATE_TAG.parked
}

/** With something to fall back on, an operator who waits for the first screen is not kept waiting. */
const PATIENCE_WITH_SAVED_MS = 4_000

const askEc2 = async (
  tags: { readonly [key: string]: string },
  tools: DiscoveryTools,
  hasSaved: boolean,
): Promise<Result<readonly FoundInstance[]>> => {
  const reader = await tools.reader()
  if (!reader.ok) return reader
  const found = await reader.value.describeInstances({
    filters: [
      ...Object.entries(tags).map(([key, value]) => ({ name: `tag:${key}`, values: [value] })),
      { name: 'instance-state-name', values: ['pending', 'running'] },
    ],
    ...(hasSaved ? { patience: PATIENCE_WITH_SAVED_MS } : {}),
  })
  return found.ok ? ok(found.value.filter(isInService)) : found
}

const fallBack = (
  saved: Inventory | undefined,
  cluster: string,
  role: Inventory['role'],
  because: string,
): Result<Inventory> =>
  saved
    ? ok({ ...saved, source: 'saved', because })
    : fail(
        'discovery.failed',
        `The ${role === 'proxy' ? 'proxies' : 'shards'} of ${cluster} cannot be found, and no earlier inventory is saved. ${because}`,
        'Mend the access to EC2, or list the targets in the fleet file under `discover: { static: […] }`.',
      )

const findGroup = (fleet: Fleet, name: string, role: Inventory['role']): Result<Group> => {
  const cluster = Object.hasOwn(fleet.clusters, name) ? fleet.clusters[name] : undefined
  const names = Object.keys(fleet.clusters).join(', ')
  if (!cluster)
    return fail('fleet.unknown-cluster', `No cluster is named "${name}".`, `The fleet file has: ${names}.`)
  const definition = role === 'proxy' ? cluster.proxies : cluster.shards
  if (definition) return ok({ cluster, role, definition })
  return fail(
    'fleet.unknown-cluster',
    `The fleet file names no shards of ${name}.`,
    `Add \`shards\` to the cluster ${name} in ${fleet.file}.`,
  )
}
