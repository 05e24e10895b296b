import * as z from 'zod'
import type { Json, JsonObject } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import { verbosityOf } from '../../../providers/memcached/verbosity.js'
import { defineOp, type Hands, type OpRequest, type Probe } from '../../contract.js'
import { bySocat } from '../../socat.js'

/** One shard, from one level to another. */
export const shardLevel = z.object({ shard: z.string(), data: z.string(), from: z.number(), to: z.number() })
export type ShardLevel = z.output<typeof shardLevel>

export const SET = 'set-verbosity'

export const levelRequest = (one: ShardLevel, key = 'quiet'): OpRequest => ({
  kind: SET,
  key,
  target: one.shard,
  args: one satisfies JsonObject,
})

/** A level that somebody else has set meanwhile is theirs, and stays. */
const effect = async (
  { shard, data, from, to }: ShardLevel,
  _token: string,
  { providers }: Hands,
): Promise<Result<Json>> => {
  const memcached = providers.memcached(data)
  const before = await verbosityOf(memcached)
  // Not the failure of the look itself: a time-out there would read as a change whose outcome is not known.
  if (!before.ok) return notSent(shard, before.failure.message)
  if (before.value === to) return ok({ was: to })
  if (before.value !== from) return notSent(shard, `its verbosity is ${before.value}, and was to be ${from}`)
  const sent = await memcached.setVerbosity(to)
  return sent.ok ? ok({ was: from }) : sent
}

const notSent = (shard: string, why: string): Result<never> =>
  fail(
    'target.refused',
    `nothing was sent to ${shard}: ${why}`,
    'mend what the message names, then visit again',
  )

const probe = async (
  { shard, data, from, to }: ShardLevel,
  _token: string,
  { providers }: Hands,
): Promise<Probe> => {
  const where = `verbosity in \`stats settings\` of ${shard}`
  const now = await verbosityOf(providers.memcached(data))
  if (!now.ok) return { state: 'unknown', evidence: `${where} (${now.failure.message})` }
  const evidence = `${where}: ${now.value}`
  return now.value === to ? { state: 'done', result: { was: from }, evidence } : { state: 'not-done', evidence }
}

/** Where it stood that way before, somebody else did it: not ours to take back. */
const undo = (one: ShardLevel, result: Json): readonly OpRequest[] => {
  if (was.safeParse(result).data?.was === one.to) return []
  return [levelRequest({ ...one, from: one.to, to: one.from }, 'undo')]
}

const was = z.object({ was: z.number() })

export const setVerbosity = defineOp(shardLevel, {
  effect,
  probe,
  undo,
  byHand: ({ data, to }) => bySocat(`verbosity ${to}`, data),
})
