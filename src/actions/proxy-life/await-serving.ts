import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import { ok, type Result } from '../../domain/result.js'
import { frontendUrls } from '../../fleet/target.js'
import { defineOp, type Hands } from '../contract.js'
import { newProxyTarget } from './new-proxy.js'
import { pollUntil } from './poll.js'
import { reachOf } from './reach.js'

const args = z.object({ instance: z.string(), cluster: z.string(), private_ip: z.string() })
type Args = z.output<typeof args>

const EVERY_MS = 5_000
const WITHIN_MS = 300_000

/**
 * Serving: its runtime API answers, and a memcached `version` comes back through every frontend. Its result says where
 * it is reached, so that what comes after needs no fleet file for that.
 */
const effect = async (serving: Args, _token: string, hands: Hands): Promise<Result<Json>> => {
  const found = newProxyTarget(serving, hands)
  if (!found.ok) return found
  const { target, proxies } = found.value
  const urls = frontendUrls(target, proxies)
  const { providers } = hands
  const reach = reachOf(target, hands.fleet)
  const look = async (): Promise<Result<Json> | undefined> => {
    const admin = await providers.haproxy(target.admin ?? '').stat()
    if (!admin.ok) return undefined
    const answers = await Promise.all(urls.map(url => providers.memcached(url).version()))
    return answers.every(answer => answer.ok) ? ok({ frontends: urls.length, ...reach }) : undefined
  }
  return pollUntil(
    hands.clock,
    { every: EVERY_MS, within: WITHIN_MS, what: `${serving.instance} to serve` },
    look,
  )
}

export const awaitServing = defineOp(args, {
  effect,
  probe: async () => ({ state: 'not-done', evidence: 'a look; it is made again' }),
  undo: 'nothing',
})
