import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import type { Haproxy, ServerRow } from '../../../providers/contract.js'
import { defineOp, type OpBehaviour, type OpRequest } from '../../contract.js'
import { changeAndSee } from '../../runtime-change.js'
import { bySocat } from '../../socat.js'
import { nameOf, type WeightChange, weightChange, wouldStarve } from '../weights.js'

const SHOWN_BY = '`show servers state`'

/** From the weight that was shown to the one that was agreed to; any other is somebody else's, and stays. */
const effect: OpBehaviour<WeightChange>['effect'] = async (change, _token, { providers }) => {
  const { proxy, admin, backend, server, from, to } = change
  const haproxy = providers.haproxy(admin)
  return changeAndSee<Seen>({
    proxy,
    command: `set weight ${nameOf(change)} ${to}`,
    shownBy: SHOWN_BY,
    look: () => lookAt(haproxy, change),
    unsent: ({ weight, rows }) => {
      if (weight === to) return ok({ was: to, told: `${to} already` })
      if (weight !== from) return moved(change, weight)
      return wouldStarve(rows, backend, [change]) ? starves(change) : undefined
    },
    send: () => haproxy.setWeight(backend, server, to),
    seen: ({ weight }) => (weight === to ? { was: from, told: `${from} → ${to}` } : undefined),
  })
}

type Seen = { readonly weight: number; readonly rows: readonly ServerRow[] }

const lookAt = async (haproxy: Haproxy, change: WeightChange): Promise<Result<Seen>> => {
  const rows = await haproxy.servers()
  if (!rows.ok) return rows
  const row = rows.value.find(one => nameOf(one) === nameOf(change))
  return row
    ? ok({ weight: row.weight, rows: rows.value })
    : fail('target.rejected', `it has no server ${nameOf(change)}`, `compare with ${SHOWN_BY} on that proxy`)
}

const moved = (change: WeightChange, weight: number): Result<never> =>
  fail(
    'target.rejected',
    `nothing was sent to ${change.proxy}: ${nameOf(change)} weighs ${weight} there, not ${change.from}; somebody else set it, or a restart forgot what was set`,
    'look, then visit again; or set it by hand: where it weighs what it should, nothing is sent',
  )

const starves = ({ proxy, backend, server }: WeightChange): Result<never> =>
  fail(
    'target.rejected',
    `nothing was sent to ${proxy}: without ${server} no server of ${backend} would get new connections`,
    'bring another server of that backend back first',
  )

const probe: OpBehaviour<WeightChange>['probe'] = async (change, _token, { providers }) => {
  const { proxy, admin, from, to } = change
  const found = await lookAt(providers.haproxy(admin), change)
  const where = `${nameOf(change)} in ${SHOWN_BY} of ${proxy}`
  if (!found.ok) return { state: 'unknown', evidence: `${where} (${found.failure.message})` }
  const { weight } = found.value
  const evidence = `${where} weighs ${weight}`
  if (weight === to) return { state: 'done', result: { was: from }, evidence }
  // Where it weighs anything else, somebody set it, or a restart put it back, before or after.
  return weight === from
    ? { state: 'not-done', evidence }
    : { state: 'unknown', evidence: `${evidence}, neither ${from} nor ${to}` }
}

const was = z.object({ was: z.number() })

/** Where it weighed that already, somebody else did it: not ours to take back. */
const undo = (change: WeightChange, result: Json): readonly OpRequest[] => {
  const { from, to } = change
  if (was.safeParse(result).data?.was === to) return []
  return [requestFor({ ...change, from: to, to: from })]
}

export const requestFor = (change: WeightChange): OpRequest => ({
  kind: 'set-weight',
  key: 'weigh',
  target: `${change.proxy}/${nameOf(change)}`,
  args: change,
})

export const setWeight = defineOp(weightChange, {
  effect,
  probe,
  undo,
  byHand: change => bySocat(`set weight ${nameOf(change)} ${change.to}`, change.admin),
})
