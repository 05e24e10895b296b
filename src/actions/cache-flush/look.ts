import { fail, ok, type Result } from '../../domain/result.js'
import type { Inventory, Target } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import { type Counters, mayBeFlushed, readCounters } from '../../providers/memcached/counters.js'
import { findShards } from '../find-shards.js'
import type { Input } from './schema.js'

/** A shard as it is now. */
export type Seen = Counters & { readonly id: string; readonly url: string }

/** One that is to be flushed. */
export type Losing = Seen & {
  /** Items that it stores per second; undefined where that could not be seen. */
  readonly storing: number | undefined
}

export type Sight = {
  readonly inventory: Inventory
  /** All of the cluster that answer. */
  readonly seen: readonly Seen[]
  readonly unseen: readonly { readonly id: string; readonly why: string }[]
  readonly losing: readonly Losing[]
}

/** The shards of the cluster, twice: what they hold, and how fast those that are to be flushed would fill again. */
export const lookAtShards = async (
  { cluster, shards }: Pick<Input, 'cluster' | 'shards'>,
  look: Look,
): Promise<Result<Sight>> => {
  const found = await findShards(cluster, shards, look)
  if (!found.ok) return found
  const { inventory, chosen } = found.value
  const all = await Promise.all(inventory.targets.map(target => lookAt(target, look)))
  const seen = all.flatMap(({ answer }) => (answer.ok ? [answer.value] : []))
  const unseen = all.flatMap(({ id, answer }) => (answer.ok ? [] : [{ id, why: answer.failure.message }]))
  const losing = chosen.flatMap(({ id }) => seen.filter(one => one.id === id))
  const blind = unseen.find(({ id }) => chosen.some(target => target.id === id))
  if (blind) return cannotSee(blind)
  const may = await allMayBeFlushed(losing, look)
  if (!may.ok) return may
  return ok({ inventory, seen, unseen, losing: await withStoring(losing, look) })
}

const lookAt = async ({ id, data: url }: Target, look: Look) => {
  const answer = await readCounters(look.providers.memcached(url))
  return { id, answer: answer.ok ? ok({ id, url, ...answer.value }) : answer }
}

const cannotSee = ({ id, why }: Sight['unseen'][number]): Result<never> =>
  fail(
    'plan.impossible',
    `${id} cannot be looked at: ${why}`,
    'leave it out of `shards`, or mend what the message names first',
  )

const allMayBeFlushed = async (losing: readonly Seen[], look: Look): Promise<Result<null>> => {
  const asked = await Promise.all(
    losing.map(async ({ id, url }) => ({ id, url, may: await mayBeFlushed(look.providers.memcached(url)) })),
  )
  for (const { id, may } of asked) if (!may.ok) return cannotSee({ id, why: may.failure.message })
  const kept = asked.filter(({ may }) => may.ok && !may.value).map(({ id, url }) => `${id} (${url})`)
  if (kept.length === 0) return ok(null)
  return fail(
    'plan.impossible',
    `${kept.join(', ')} cannot be flushed: memcached was started with -F there, which forbids it`,
    'leave it out of `shards`; only a restart of its memcached empties it',
  )
}

/** Between two looks at what a shard stores: long enough for a busy one, short enough for who waits for the plan. */
export const SAMPLE_MS = 2_000

const withStoring = async (losing: readonly Seen[], look: Look): Promise<readonly Losing[]> => {
  const { clock, providers } = look
  const since = clock.now()
  await clock.sleep(SAMPLE_MS)
  return Promise.all(
    losing.map(async shard => {
      const again = await readCounters(providers.memcached(shard.url))
      const seconds = (clock.now() - since) / 1_000
      const isSame = again.ok && again.value.process === shard.process
      const stored = isSame ? again.value.stored - shard.stored : 0
      return { ...shard, storing: stored > 0 ? stored / seconds : undefined }
    }),
  )
}
