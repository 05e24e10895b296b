import { expect } from 'vitest'
import { valuesOf } from '../../src/domain/table.js'
import { DRILL_EPOCH } from '../../src/drill/drill.js'
import { frontendEnabled, instancesOf, servesAt, stateAt } from '../../src/drill/world/instances.js'
import type { World, WorldInstance } from '../../src/drill/world/world.js'
import { replay } from '../../src/engine/replay.js'
import type { IncidentState, OpState } from '../../src/engine/state.js'
import { readJournal } from '../../src/journal/file-journal.js'
import { okOf } from '../engine/results.js'
import type { Played } from './played.js'

/**
 * What must hold of any drill, whatever went wrong in it: its journal verifies and replays to where it stands; what
 * was launched is what the journal says was launched, nothing of it twice and nothing forgotten; and the capacity
 * floor was never broken by a change. Told by the world itself, never by what a plan or a summary says.
 */
export const accountFor = async (played: Played): Promise<void> => {
  const { paths, session, worlds, drill, fleet } = played
  const verified = okOf(await readJournal(paths.journal))
  const state = okOf(replay(verified.entries))
  expect(state).toEqual(session.ledger.state())
  const world = drill.world()
  expect(worlds.at(-1)).toEqual(world)
  nothingLaunchedTwice(world, state)
  if (state.status === 'ended') {
    expect(inDoubt(state), 'ops in doubt at the end').toEqual([])
    expect(leaked(world, drill.clock.now()), 'launched, and neither in service nor parked').toEqual([])
  }
  for (const { name, proxies } of Object.values(fleet.clusters))
    if (Object.hasOwn(world.clusters, name)) floorHeld(worlds, name, proxies.minHealthy)
}

const nothingLaunchedTwice = (world: World, state: IncidentState): void => {
  const tokenOf = ({ tags }: WorldInstance) => tags['firebreak:op'] ?? 'no token'
  const launches = valuesOf(state.ops).filter(({ kind }) => kind === 'launch')
  expect(new Set(launches.map(({ token }) => token)).size, 'tokens are of one launch each').toBe(
    launches.length,
  )
  const tokens = launched(world).map(tokenOf)
  expect(new Set(tokens).size, 'each launched instance has a token of its own').toBe(tokens.length)
  for (const instance of launched(world)) {
    const op = launches.find(({ token }) => token === tokenOf(instance))
    expect(['started', 'finished'], `${instance.id} was launched, and its op in the journal is`).toContain(
      op?.status,
    )
  }
  const made = launches.filter(({ status }) => status === 'finished').map(instanceOf)
  expect(made.sort(), 'launched by the journal').toEqual(
    launched(world)
      .filter(({ id }) => made.includes(id))
      .map(({ id }) => id)
      .sort(),
  )
}

const instanceOf = ({ result }: OpState): unknown =>
  typeof result === 'object' && result !== null && 'instance' in result ? result.instance : result

const launched = (world: World): readonly WorldInstance[] =>
  Object.values(world.instances).filter(({ launchedAt }) => launchedAt >= DRILL_EPOCH)

const inDoubt = (state: IncidentState): readonly string[] =>
  valuesOf(state.ops).flatMap(({ op, status }) => (status === 'started' ? [op] : []))

const leaked = (world: World, now: number): readonly string[] =>
  launched(world)
    .filter(one => ['pending', 'running'].includes(stateAt(one, now)))
    .filter(({ tags }) => !['parked', 'in-service'].includes(tags['firebreak:state'] ?? ''))
    .map(({ id }) => id)

/** No change may take the number of serving proxies below the floor; one that is below already may not sink further. */
const floorHeld = (worlds: readonly World[], cluster: string, floor: number): void => {
  for (const [index, world] of worlds.entries()) {
    const change = world.made.at(-1)
    const before = worlds[index - 1]
    if (change === undefined || before === undefined) continue
    const was = serving(before, cluster, change.at)
    const is = serving(world, cluster, change.at)
    if (is < was) expect(is, `serving after ${change.operation}`).toBeGreaterThanOrEqual(floor)
  }
}

/** What the fleet would find by its tags, and a client would be served by. */
const serving = (world: World, cluster: string, t: number): number =>
  instancesOf(world, cluster, 'proxy').filter(
    proxy =>
      !['launching', 'parked'].includes(proxy.tags['firebreak:state'] ?? '') &&
      servesAt(proxy, t) &&
      (world.clusters[cluster]?.frontends ?? []).every(({ name }) => frontendEnabled(proxy, name, t)),
  ).length
