import type { Subnet } from '../../providers/contract.js'

/**
 * For each new proxy the subnets in the order in which they are tried: first those of the zone that has the fewest
 * proxies by then, the ones to be launched included. What is equal stays in the order of the fleet file.
 */
export const spread = (
  count: number,
  subnets: readonly Subnet[],
  zonesNow: readonly (string | undefined)[],
): readonly (readonly string[])[] => {
  const population = new Map<string, number>()
  const add = (zone: string) => population.set(zone, (population.get(zone) ?? 0) + 1)
  for (const zone of zonesNow) if (zone !== undefined) add(zone)
  return Array.from({ length: count }, () => {
    const order = subnets.toSorted((a, b) => (population.get(a.zone) ?? 0) - (population.get(b.zone) ?? 0))
    const [first] = order
    if (first) add(first.zone)
    return order.map(({ id }) => id)
  })
}
