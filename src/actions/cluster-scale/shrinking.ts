import type { PlanDraft } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Target } from '../../fleet/inventory.js'
import type { Address } from '../../providers/contract.js'
import { whoServes } from '../../providers/serving.js'
import { tagByHand } from '../proxy-life/by-hand.js'
import { leaveByHand } from '../proxy-replace/commands.js'
import { deadlineFor, type Leaving, sentAway } from '../proxy-replace/leave.js'
import { departureChanges } from './changes.js'
import { blastOf, proxyCount, type Scene } from './scene.js'
import { whoLeaves } from './who-leaves.js'

/** What taking so many away would do now: one after the other, each drained and then parked. */
export const shrinking = async (scene: Scene, fewer: number): Promise<Result<PlanDraft>> => {
  const { input, look, cluster, inventory } = scene
  const chosen = whoLeaves(scene, fewer)
  if (!chosen.ok) return chosen
  const addresses = await addressesOf(scene, chosen.value)
  if (!addresses.ok) return addresses
  const [leaving, serving] = await Promise.all([
    sentAway(cluster, chosen.value, deadlineFor(input.deadline, look), look),
    whoServes(look, inventory.targets),
  ])
  return ok(draft(scene, { leaving, serving, addresses: addresses.value }))
}

/** An address stays with the proxy: whoever comes by it finds nobody. */
const addressesOf = async ({ cluster, look }: Scene, chosen: readonly Target[]): Promise<Result<Address[]>> => {
  if (cluster.proxies.address !== 'elastic-ip') return ok([])
  const ec2 = await look.providers.ec2()
  if (!ec2.ok) return ec2
  return ec2.value.describeAddresses([{ name: 'instance-id', values: chosen.map(({ id }) => id) }])
}

type Shrunk = {
  readonly leaving: readonly Leaving[]
  readonly serving: ReadonlySet<string>
  readonly addresses: readonly Address[]
}

const draft = (scene: Scene, { leaving, serving, addresses }: Shrunk): PlanDraft => {
  const { name } = scene.cluster
  const ids = leaving.map(({ target }) => target.id)
  const [now, fewer] = [scene.inventory.targets.length, ids.length]
  return {
    summary: `Take ${proxyCount(fewer)} of ${name} away, from ${now} to ${now - fewer}: ${ids.join(', ')}`,
    changes: departureChanges(leaving.map(({ target, leave }) => ({ proxy: target.id, leave }))),
    blast: blastOf(scene, serving, { takes: ids.filter(id => serving.has(id)).length, adds: 0 }),
    facts: factsOf(leaving),
    warnings: [...leaving.flatMap(leaveWarnings), ...addresses.map(addressWarning)],
    undo: [
      `${fewer === 1 ? `${ids[0]} is` : 'each of them, the last one first, is'} in service again, and accepts on the frontends that were stopped`,
      'sessions that were shut are not brought back: their clients connect again by themselves',
    ],
    confirm: fewer === 1 ? `${ids[0]}` : `${name} ${fewer}`,
    ...(fewer === 1
      ? {}
      : { atLeast: { level: 'typed', reason: `it takes ${fewer} proxies away on one consent` } }),
    predicted: { launched: [], parked: ids },
    commands: leaving.flatMap(({ target, leave }) => [
      ...leaveByHand(leave),
      tagByHand(target.id, STATE_TAG.parked),
    ]),
    locks: [`cluster:${name}`],
  }
}

const factsOf = (leaving: readonly Leaving[]): PlanDraft['facts'] => {
  const counts = leaving.flatMap(({ connections }) => connections ?? [])
  const value = counts.reduce((sum, count) => sum + count, 0)
  if (counts.length === 0) return []
  return [{ label: 'open connections that are to leave', value, unit: 'connections', worse: 'higher' }]
}

const leaveWarnings = ({ target: { id }, leave }: Leaving): readonly string[] =>
  leave.by === 'drain'
    ? [`sessions that still live on ${id} ${leave.deadlineSeconds}s after it accepts no more are shut`]
    : [`${id} does not answer: its frontends cannot be stopped nor its sessions shut; it is parked as it is`]

const addressWarning = ({ publicIp, instanceId }: Address): string =>
  `${publicIp} stays with ${instanceId}: who connects anew by it is refused`
