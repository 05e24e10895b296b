import { median } from './outliers.js'

/** How many connections one source address holds, over all proxies. */
export type Source = {
  readonly address: string
  readonly connections: number
  /** What it held on a calm day, where it was seen on one. */
  readonly usual?: number
}

/** One address, or one network and how many addresses of it hold something. */
export type Holder = { readonly prefix: string; readonly connections: number; readonly addresses: number }

export type Attributed = {
  readonly total: number
  /** Connections above those of a calm day; above what is usual of so many sources, where no calm day is known. */
  readonly rise: number
  /** Whether that is more than any day may bring. */
  readonly risen: boolean
  /** Most connections first. */
  readonly addresses: readonly Holder[]
  readonly networks: readonly Holder[]
  /** The fewest addresses, else networks, that hold nearly all of the rise; empty where no handful does. */
  readonly suspects: readonly string[]
  /** What the suspects hold of the rise, or the greatest ones where there are no suspects; 0 to 1. */
  readonly share: number
}

/** More than these are no handful: then it is not some clients, but many. */
const HANDFUL = 10
/** So much of the rise must be theirs before anybody is suspected of it. */
const NEARLY_ALL = 0.8
/** Where all grow alike, the greatest hold as much of the rise as of a calm day; suspects hold this many times as much. */
const OUT_OF_PROPORTION = 1.5
/** Less than this of a calm day is no rise. */
const NOTEWORTHY = 0.2

/**
 * Whether a handful of addresses or networks holds the rise. What one holds above the usual counts, not all that it
 * holds: a great customer who was seen on a calm day is no suspect for being great. `calm`: connections of a calm
 * day, where one is known.
 */
export const attribute = (
  sources: readonly Source[],
  networkOf: (address: string) => string,
  calm?: number,
): Attributed => {
  const total = sources.reduce((sum, { connections }) => sum + connections, 0)
  const unseen = usualOfTheUnseen(sources, calm)
  const all = sources.map(source => holderOf(source, unseen))
  const expected = calm ?? all.reduce((sum, { usual }) => sum + usual, 0)
  const rise = Math.max(0, total - expected)
  const networks = groupsOf(all, networkOf)
  const risen = rise > expected * NOTEWORTHY
  const found = risen ? suspectsIn([all, networks], rise, expected) : { suspects: [], share: 0 }
  return { total, rise, risen, addresses: shown(all), networks: shown(networks), ...found }
}

/** `usual`: connections that it is expected to hold. */
type Expected = Holder & { readonly usual: number }

/**
 * What to expect of an address that was never seen on a calm day: nothing, where others were. Where nobody ever was,
 * its part of a calm day; and without one as much as others hold, though the others may be the flood.
 */
const usualOfTheUnseen = (sources: readonly Source[], calm: number | undefined): number => {
  if (sources.some(({ usual }) => usual !== undefined)) return 0
  if (calm !== undefined) return calm / Math.max(1, sources.length)
  return median(sources.map(({ connections }) => connections))
}

const holderOf = ({ address, connections, usual }: Source, unseen: number): Expected => ({
  ...{ prefix: address, connections, addresses: 1 },
  usual: usual ?? unseen,
})

const groupsOf = (holders: readonly Expected[], networkOf: (address: string) => string): Expected[] => {
  const groups = new Map<string, Expected>()
  for (const one of holders) {
    const prefix = networkOf(one.prefix)
    const so = groups.get(prefix) ?? { prefix, connections: 0, addresses: 0, usual: 0 }
    groups.set(prefix, {
      prefix,
      connections: so.connections + one.connections,
      addresses: so.addresses + 1,
      usual: so.usual + one.usual,
    })
  }
  return [...groups.values()]
}

const shown = (holders: readonly Expected[]): Holder[] =>
  holders
    .map(({ usual: _, ...holder }) => holder)
    .sort((a, b) => b.connections - a.connections || (a.prefix < b.prefix ? -1 : 1))

/** Addresses before networks: whom a network holds besides is nobody's suspect. */
const suspectsIn = (
  ways: readonly (readonly Expected[])[],
  rise: number,
  expected: number,
): Pick<Attributed, 'suspects' | 'share'> => {
  const found = ways.map(holders => leading(holders, rise))
  const enough = found.find(
    ({ share, usual }) => share >= NEARLY_ALL && share * expected >= usual * OUT_OF_PROPORTION,
  )
  if (enough) return { suspects: enough.suspects, share: enough.share }
  return { suspects: [], share: Math.max(...found.map(({ share }) => share)) }
}

/** The greatest by what they hold above the usual, as few as hold nearly all of the rise, and no more than a handful. */
const leading = (
  holders: readonly Expected[],
  rise: number,
): Pick<Attributed, 'suspects' | 'share'> & Pick<Expected, 'usual'> => {
  const above = holders
    .map(({ prefix, connections, usual }) => ({ prefix, usual, excess: connections - usual }))
    .filter(({ excess }) => excess > 0)
    .sort((a, b) => b.excess - a.excess || (a.prefix < b.prefix ? -1 : 1))
  const suspects: string[] = []
  const held = { excess: 0, usual: 0 }
  for (const { prefix, excess, usual } of above.slice(0, HANDFUL)) {
    if (held.excess >= rise * NEARLY_ALL) break
    suspects.push(prefix)
    held.excess += excess
    held.usual += usual
  }
  return { suspects, share: Math.min(1, held.excess / rise), usual: held.usual }
}
