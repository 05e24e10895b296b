import { prefixAround } from '../../fleet/addresses/prefix.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { World, WorldSubnet } from './world.js'

/** The first addresses of a subnet are AWS's, the last one is broadcast. */
const FIRST_HOST = 10
const LAST_HOST = 250

/** How many hosts a subnet has addresses for. */
export const LARGEST = LAST_HOST - FIRST_HOST + 1

/** Where hosts of a drill are, the addresses that lead to them, and whoever plays: no client comes from there. */
export const OWN_NETWORKS = [
  prefixAround('10.0.0.0', 16), // subnets
  prefixAround('10.1.0.0', 24), // operators
  prefixAround('203.0.113.0', 24), // Elastic IPs
  prefixAround('198.51.100.0', 24), // more of them than one /24 has
] as const

/** Where the fleet is; a fleet that does not say is simulated somewhere all the same. */
export const regionOf = ({ region = 'us-east-1' }: Fleet): string => region

/** One /24 of 10.0.0.0/16 per subnet, in the order in which the fleet names them. */
export const createSubnets = (perCluster: readonly (readonly string[])[], region: string): World['subnets'] =>
  Object.fromEntries(
    [...new Set(perCluster.flat())].map((id, index) => [
      id,
      { id, zone: `${region}${zoneLetter(id, index)}`, prefix: `10.0.${index + 1}` },
    ]),
  )

/** `subnet-b1` lies in zone b; any other name takes the next of six letters. */
const zoneLetter = (subnet: string, index: number): string =>
  /-([a-f])\d*$/.exec(subnet)?.[1] ?? 'abcdef'.charAt(index % 6)

/** The address of the n-th host of a subnet; undefined where the subnet is full. */
export const addressFor = (subnet: WorldSubnet, n: number): string | undefined =>
  FIRST_HOST + n > LAST_HOST ? undefined : `${subnet.prefix}.${FIRST_HOST + n}`

/** How many addresses of a subnet were ever given out. They are not given out twice. */
export const hostsIn = (world: World, subnet: string): number =>
  Object.values(world.instances).filter(instance => instance.subnet === subnet).length
