import pLimit from 'p-limit'
import type { Result } from '../../domain/result.js'
import type { InventoryStore } from '../../fleet/inventory-store.js'
import type { Look } from '../../providers/look.js'

/** Connections to proxies at one time: far below what a process may open, so that none is unseen for our own sake. */
const SIDE_BY_SIDE = 200

/** So long EC2 may take until the proxies of the last inventory are looked at: who is dead takes 3 s to show it. */
const HEAD_START_MS = 1_000

/**
 * A look that asks each proxy once, however many want to know, and does not wait for EC2 to begin: while that takes
 * its time, the proxies of the last inventory are asked already. They count only if discovery names them.
 */
export const eagerEyes = (look: Look, store: Pick<InventoryStore, 'load'>): Look => {
  const inTurn = pLimit(SIDE_BY_SIDE)
  const answers = new Map<string, ReturnType<ReturnType<Look['providers']['haproxy']>['stat']>>()
  const statOf = (url: string) => {
    const answer = answers.get(url) ?? inTurn(() => look.providers.haproxy(url).stat())
    answers.set(url, answer)
    return answer
  }
  return {
    ...look,
    providers: {
      ...look.providers,
      haproxy: url => ({ ...look.providers.haproxy(url), stat: () => statOf(url) }),
    },
    discover: (cluster, role) =>
      meanwhile(look, look.discover(cluster, role), () => {
        for (const { admin } of store.load(cluster, role)?.targets ?? [])
          if (admin !== undefined) void statOf(admin)
      }),
  }
}

/** What is asked for; and where that is slow, something else beside it. */
const meanwhile = async <T>(
  { clock }: Pick<Look, 'clock'>,
  asked: Promise<Result<T>>,
  begin: () => void,
): Promise<Result<T>> => {
  const timer = new AbortController()
  void clock.sleep(HEAD_START_MS, timer.signal).then(how => how === 'fired' && begin())
  const found = await asked
  timer.abort()
  return found
}
