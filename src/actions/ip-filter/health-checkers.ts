import type { Protected } from '../../fleet/allowlist/allowlist.js'
import type { Cluster } from '../../fleet/fleet.js'

/** Who looks after the health of its proxies, and is never blocked. */
export const healthCheckersOf = ({ name, proxies }: Pick<Cluster, 'name' | 'proxies'>): readonly Protected[] =>
  proxies.healthCheckers.map(prefix => ({
    prefix,
    name: `health checkers of ${name}`,
    at: '`health_checkers` of the fleet file',
  }))
