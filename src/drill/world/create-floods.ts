import { nthAddress } from '../../fleet/addresses/nth-address.js'
import { BITS, familyOf, lengthOf, type Prefix } from '../../fleet/addresses/prefix.js'
import { between, hex } from '../random.js'
import type { Fault } from '../scenario/faults.js'
import type { ScenarioCluster } from '../scenario.js'
import { clientsOf } from './clients.js'
import type { Flood, Regular, WorldCluster } from './world.js'

// Who floods, and who does nothing wrong in the same network.

const BYSTANDERS = { from: 2, to: 5 }
/** Of what the clients that the scenario names leave to others. */
const SHARE = { from: 0.001, to: 0.004 }

/** The clients that the scenario names, then those it happens to have in the network of each flood. */
export const regularsOf = (
  seed: number,
  cluster: string,
  { clients = [] }: Pick<ScenarioCluster, 'clients'>,
  faults: readonly Fault[],
): readonly Regular[] => {
  const left = 1 - clients.reduce((sum, { share }) => sum + share, 0)
  const found: Regular[] = [...clients]
  for (const [index, fault] of faults.entries()) {
    if (fault.kind !== 'flood' || fault.cluster !== cluster) continue
    const many = Math.floor(between(BYSTANDERS, seed, 'fault', index, 'bystanders'))
    const taken = new Set(found.map(({ address }) => address))
    const addresses = drawAddresses(fault.network, many, taken, (n, digits) =>
      hex(digits, seed, 'fault', index, 'bystander', n),
    )
    const shareOf = (address: string): number => left * between(SHARE, seed, 'bystander-share', address)
    found.push(...addresses.map(address => ({ address, share: shareOf(address) })))
  }
  return found
}

/** Its sources are no clients, of whatever cluster of the world. */
export const createFloods = (
  seed: number,
  epoch: number,
  faults: readonly Fault[],
  clusters: readonly WorldCluster[],
): readonly Flood[] =>
  faults.flatMap((fault, index) => {
    if (fault.kind !== 'flood') return []
    const drawn = (what: 'begins' | 'factor' | 'ramp' | 'sources'): number =>
      between(fault[what], seed, 'fault', index, what)
    const clients = new Set(clusters.flatMap(one => clientsOf(seed, one)).map(({ address }) => address))
    const begins = epoch + Math.round(drawn('begins'))
    return {
      cluster: fault.cluster,
      network: fault.network,
      sources: drawAddresses(fault.network, Math.round(drawn('sources')), clients, (n, digits) =>
        hex(digits, seed, 'fault', index, 'source', n),
      ),
      begins,
      until: begins + (fault.lasts ?? Number.POSITIVE_INFINITY),
      factor: drawn('factor'),
      ramp: Math.max(1, Math.round(drawn('ramp'))),
    }
  })

/** So many of a network that are not taken, each once; fewer where it has no more. */
const drawAddresses = (
  network: Prefix,
  many: number,
  taken: ReadonlySet<string>,
  draw: (n: number, digits: number) => string,
): readonly string[] => {
  const size = 1n << BigInt(BITS[familyOf(network)] - lengthOf(network))
  const found = new Set<string>()
  for (let n = 0; found.size < many && n < TRIES_EACH * (many + 16); n += 1) {
    const place = BigInt(`0x${draw(n, DIGITS)}`) % size
    // the first address of a network is its own, and the last one broadcast
    if (place === 0n || place === size - 1n) continue
    const address = nthAddress(network, place)
    if (!taken.has(address)) found.add(address)
  }
  return [...found]
}

/** As many as the widest network has: a /48 of IPv6 leaves 80 bits. */
const DIGITS = 20
/** Half of a network is drawn at most: after so many tries for each, what is left of it is taken. */
const TRIES_EACH = 20
