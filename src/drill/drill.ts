// drill: a simulated fleet behind real protocols, on loopback and in a private folder, on a virtual clock.
// It knows nothing of actions, checks, providers or hosts; they meet it only through its endpoints.
// It reads no environment and no credentials, and talks to nothing outside this machine.

import { existsSync, mkdirSync } from 'node:fs'
import type { FailureCode } from '../domain/failure-codes.js'
import { fail, ok, type Result } from '../domain/result.js'
import type { Outcome } from '../domain/runbook.js'
import type { Fleet } from '../fleet/fleet.js'
import { createVirtualClock, type Pace, type VirtualClock } from './clock.js'
import { DRILL_CREDENTIALS } from './endpoints/ec2/call.js'
import { startEc2 } from './endpoints/ec2/server.js'
import { serviceAt } from './endpoints/services.js'
import { openSockets, type Sockets } from './endpoints/sockets.js'
import type { Scenario } from './scenario.js'
import { type Score, scoreDrill } from './score.js'
import { openStage, type Stage } from './stage.js'
import { whyUnfit } from './unfit.js'
import { clientsOnCalmDay } from './world/calm-day.js'
import { createWorld } from './world/create.js'
import type { World } from './world/world.js'

/** Every drill's alert fires at this moment, so that the same seed gives the same journal. */
export const DRILL_EPOCH = Date.UTC(2026, 0, 15, 3, 12, 0)

export type Drill = {
  readonly clock: VirtualClock
  /** When the alert fired: where the drill starts. */
  readonly startedAt: number
  /** Where a URL leads in this world; `drill.escape` for whatever it does not serve. */
  readonly resolve: (url: string) => Result<{ readonly path: string }>
  readonly aws: {
    readonly region: string
    readonly override: {
      readonly endpoint: string
      readonly accessKeyId: string
      readonly secretAccessKey: string
    }
  }
  readonly world: () => World
  /** From the alert to `endedAt`. */
  readonly score: (run: { readonly endedAt: number; readonly outcome: Outcome }) => Score
  /** Connections of one proxy of each cluster on a calm day. */
  readonly baselines: Readonly<Record<string, number>>
  /** Connections of each client of each cluster on a calm day, over all proxies, by its address. */
  readonly calmClients: Readonly<Record<string, ReadonlyMap<string, number>>>
  readonly stop: () => Promise<void>
}

/**
 * Starts the world of a drill, or goes on with the one whose `world.log` is in `dir`. No virtual time
 * passes while nobody runs it: it goes on at its last change, or at `resumeAt` where that is later.
 */
export const startDrill = async (options: {
  /** The incident's folder; made where only it is missing. */
  readonly dir: string
  readonly seed: number
  readonly scenario: Scenario
  readonly fleet: Fleet
  readonly pace: Pace
  readonly resumeAt?: number
}): Promise<Result<Drill>> => {
  const { dir, seed, scenario, fleet, pace } = options
  const unfit = whyUnfit(scenario, fleet)
  if (unfit !== undefined) return unfit
  try {
    // Not recursive: Node never comes back from making /proc/a recursively.
    if (!existsSync(dir)) mkdirSync(dir, { mode: 0o700 })
  } catch (error) {
    return cannot('state.unwritable', `make the folder ${dir}`, error)
  }
  const stage = openStage({
    dir,
    initial: createWorld({ seed, scenario, fleet, epoch: DRILL_EPOCH }),
    clock: lastChange =>
      createVirtualClock({ start: Math.max(DRILL_EPOCH, lastChange ?? 0, options.resumeAt ?? 0), pace }),
  })
  if (!stage.ok) return stage
  let sockets: Sockets | undefined
  try {
    sockets = openSockets(stage.value)
    const ec2 = await startEc2(stage.value)
    return ok(drillOn(stage.value, sockets, ec2))
  } catch (error) {
    sockets?.stop()
    stage.value.close()
    return cannot('state.unwritable', 'listen on the loopback interface and on unix sockets', error)
  }
}

const drillOn = (
  stage: Stage,
  sockets: Sockets,
  ec2: { readonly url: string; readonly stop: () => Promise<void> },
): Drill => ({
  clock: stage.clock,
  startedAt: DRILL_EPOCH,
  resolve: url => {
    const service = serviceAt(stage.world(), url)
    return service === undefined
      ? fail(
          'drill.escape',
          `${url} is no address of the simulated fleet; a drill reaches nothing else.`,
          'Take the address from the discovery of this drill.',
        )
      : ok({ path: sockets.pathOf(service) })
  },
  aws: { region: stage.world().region, override: { endpoint: ec2.url, ...DRILL_CREDENTIALS } },
  world: stage.world,
  score: run => scoreDrill(stage.world(), { startedAt: DRILL_EPOCH, ...run }),
  baselines: Object.fromEntries(
    Object.values(stage.world().clusters).map(cluster => [cluster.name, cluster.calm]),
  ),
  calmClients: Object.fromEntries(
    Object.values(stage.world().clusters).map(cluster => [
      cluster.name,
      clientsOnCalmDay(stage.world(), cluster),
    ]),
  ),
  stop: async () => {
    stage.clock.stop()
    sockets.stop()
    await ec2.stop()
    stage.close()
  },
})

const cannot = (code: FailureCode, what: string, error: unknown): Result<never> =>
  fail(
    code,
    `Cannot ${what}: ${error instanceof Error ? error.message : String(error)}.`,
    'Check the rights and the space on this machine; --state DIR names another folder.',
  )
