import { addressOf, holderAt } from './instances.js'
import type { World, WorldInstance } from './world.js'

/** When nobody was connected last: it had just begun to serve, its address came, or all sessions were shut. */
export const emptySince = (
  world: World,
  host: WorldInstance,
  frontend: string,
  t: number,
): number | undefined => {
  const address = addressOf(world, host.id, t)
  const held = address === undefined ? undefined : holderAt(address, t)?.at
  const shut = host.switches.filter(one => one.to === 'sessions-shut' && one.frontend === frontend)
  return lastOf([host.servingAt, ...(held === undefined ? [] : [held]), ...shut.map(({ at }) => at)], t)
}

export const lastOf = (times: readonly number[], t: number): number | undefined => {
  const passed = times.filter(at => at <= t)
  return passed.length === 0 ? undefined : Math.max(...passed)
}
