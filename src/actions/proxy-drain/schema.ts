import * as z from 'zod'
import { defineAction } from '../contract.js'

export const input = z.strictObject({
  proxies: z.array(z.string()).min(1).describe('Ids of the proxies, all of one cluster'),
})

export const turned = z.array(
  z.object({ proxy: z.string(), frontends: z.array(z.string()).describe('Those that were changed') }),
)

const output = z.object({ drained: turned.describe('Each proxy with the frontends that accept no more') })

export type Input = z.output<typeof input>

export const proxyDrain = defineAction({
  name: 'proxy.drain',
  summary: 'Stops accepting on every frontend of proxies: new connections are refused, live ones stay',
  input,
  output,
  needs: [],
  refusedBy: ({ proxies }, { maxUnavailableProxies }) => {
    const named = new Set(Array.isArray(proxies) ? proxies.filter(proxy => proxy !== null) : [])
    const most = Math.max(...Object.values(maxUnavailableProxies))
    if (named.size <= most) return undefined
    return {
      key: 'proxies',
      message: `it would have ${named.size} proxies out of service at once, and the fleet file's max_unavailable_proxies is at most ${most}`,
      next: 'drain them in several steps, or by an `each` over them',
    }
  },
  permissions: [],
  load: () => import('./behaviour.js'),
})
