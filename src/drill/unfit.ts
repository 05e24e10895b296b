import { fail, type Result } from '../domain/result.js'
import type { Fleet } from '../fleet/fleet.js'
import type { Fault } from './scenario/faults.js'
import type { Scenario } from './scenario.js'
import { createSubnets, regionOf } from './world/network.js'

/** A scenario can only simulate clusters of the fleet that are found through EC2. */
export const whyUnfit = (scenario: Scenario, fleet: Fleet): Result<never> | undefined => {
  for (const name of Object.keys(scenario.clusters)) {
    const cluster = Object.hasOwn(fleet.clusters, name) ? fleet.clusters[name] : undefined
    if (cluster === undefined) {
      return fail(
        'fleet.unknown-cluster',
        `The scenario ${scenario.name} has a cluster ${name} that ${fleet.file} does not have.`,
        `Name one of: ${Object.keys(fleet.clusters).join(', ')}.`,
      )
    }
    if (cluster.proxies.discover.kind !== 'ec2' || cluster.proxies.subnets.length === 0) {
      return fail(
        'fleet.invalid',
        `A drill finds proxies through EC2, but ${name} in ${fleet.file} lists them itself or has no subnets.`,
        'Give the cluster `discover: { ec2: { tags: … } }` and `subnets`, or use another fleet file.',
      )
    }
  }
  return strangePlace(scenario, fleet)
}

/** A fault at a place that the fleet does not have would never be seen. */
const strangePlace = (scenario: Scenario, fleet: Fleet): Result<never> | undefined => {
  for (const fault of scenario.faults) {
    for (const { what, names, known } of placesOf(fault, scenario, fleet)) {
      const stranger = names.find(name => !known.includes(name))
      if (stranger !== undefined)
        return fail(
          'fleet.invalid',
          `The scenario ${scenario.name} has a fault ${fault.kind} at the ${what} ${stranger}, which its clusters do not have.`,
          `Name one of: ${known.join(', ')}.`,
        )
    }
  }
  return undefined
}

type Place = { readonly what: string; readonly names: readonly string[]; readonly known: readonly string[] }

/** Names in a fault, with what the clusters of the scenario have of the kind. */
const placesOf = (fault: Fault, scenario: Scenario, fleet: Fleet): readonly Place[] => {
  const groups = Object.keys(scenario.clusters).flatMap(name => fleet.clusters[name]?.proxies ?? [])
  const types = groups.flatMap(({ instanceTypes }) => instanceTypes)
  switch (fault.kind) {
    case 'stuck-frontend': {
      const frontends = fleet.clusters[fault.cluster]?.proxies.frontends ?? []
      return [{ what: 'frontend', names: [fault.frontend], known: frontends.map(({ name }) => name) }]
    }
    case 'no-capacity':
      return [
        { what: 'subnet', names: fault.subnets ?? [], known: groups.flatMap(({ subnets }) => subnets) },
        { what: 'instance type', names: fault.types ?? [], known: types },
      ]
    case 'quota': {
      const families = types.flatMap(type => type.split('.')[0] ?? [])
      return [{ what: 'family', names: [fault.family], known: families }]
    }
    case 'terminate-fails': {
      const subnets = createSubnets(
        groups.map(group => group.subnets),
        regionOf(fleet),
      )
      return [{ what: 'zone', names: [fault.zone], known: Object.values(subnets).map(({ zone }) => zone) }]
    }
    default:
      return []
  }
}
