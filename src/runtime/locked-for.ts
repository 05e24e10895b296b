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

/** A plan that was left half done lost its locks meanwhile. False: somebody else has one, and the incident pauses. */
export const stillLocked = async (deps: Deps, plan: Plan): Promise<boolean> => {
  const locked = await lockedFor(deps, plan)
  if (!locked.ok) deps.stop.request(`${locked.failure.message}; ${locked.failure.next}`)
  return locked.ok
}

/** Whoever stops, or is done, is in nobody's way. */
export const letGo = async ({ locks, ledger }: Pick<Deps, 'locks' | 'ledger'>): Promise<void> => {
  for (const resource of await locks.releaseAll())
    await ledger.append({ type: 'lock.released', data: { resource } })
}
