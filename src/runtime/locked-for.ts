import type { Plan } from '../domain/plan.js'
import { ok, type Result } from '../domain/result.js'
import type { Deps } from './deps.js'

/** Just before the first op: nobody else changes what this plan changes. What is newly held is on record. */
export const lockedFor = async ({ locks, ledger }: Deps, plan: Plan): Promise<Result<null>> => {
  const taken = await locks.acquire(plan.locks)
  if (!taken.ok) return taken
  for (const resource of taken.value) await ledger.append({ type: 'lock.taken', data: { resource } })
  return ok(null)
}
