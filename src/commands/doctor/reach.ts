import pLimit from 'p-limit'
import type { Failure } from '../../domain/result.js'
import type { Target } from '../../fleet/inventory.js'
import type { Finding, WithFleet } from './contract.js'

/** What is wrong with one target, and what to do about it. */
export type Complaint = { readonly severity: 'warn' | 'fail'; readonly detail: string; readonly next: string }

export const complaintOf = ({ message, next }: Failure): Complaint => ({
  severity: 'fail',
  detail: message,
  next,
})

type Group = {
  readonly cluster: string
  readonly role: 'proxy' | 'shard'
  readonly look: WithFleet['look']
  readonly examine: (target: Target) => Promise<readonly Complaint[]>
  /** What all that are well have in common. */
  readonly well: string
}

const SIDE_BY_SIDE = 100

/** A row for each target that something is wrong with, and one for all the others. What cannot be found has its row elsewhere. */
export const reachAll = async ({ cluster, role, look, examine, well }: Group): Promise<readonly Finding[]> => {
  const found = await look.discover(cluster, role)
  if (!found.ok) return []
  const inTurn = pLimit(SIDE_BY_SIDE)
  const seen = await Promise.all(
    found.value.targets.map(async target => ({ target, complaints: await inTurn(() => examine(target)) })),
  )
  const good = seen.filter(({ complaints }) => complaints.length === 0).length
  return [
    ...(good > 0
      ? [{ state: 'ok' as const, target: cluster, detail: `${good} of ${seen.length} ${well}` }]
      : []),
    ...seen.flatMap(({ target, complaints }) => (complaints.length > 0 ? [told(target, complaints)] : [])),
  ]
}

const told = ({ cluster, id }: Target, complaints: readonly Complaint[]): Finding => {
  const all = (part: 'detail' | 'next') => [...new Set(complaints.map(one => one[part]))].join(' ')
  return {
    state: complaints.some(({ severity }) => severity === 'fail') ? 'fail' : 'warn',
    target: `${cluster} ${id}`,
    detail: all('detail'),
    next: all('next'),
  }
}
