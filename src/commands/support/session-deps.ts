import { actions } from '../../actions/registry.js'
import { checks } from '../../checks/registry.js'
import { badge } from '../../domain/mode.js'
import { fail, ok } from '../../domain/result.js'
import { fileBaselines } from '../../fleet/baseline-store.js'
import { discover } from '../../fleet/discovery.js'
import { fileInventoryStore } from '../../fleet/inventory-store.js'
import type { ProviderSet } from '../../providers/providers.js'
import { createEvaluator } from '../../runbook/expressions/evaluate.js'
import { createAnswerer } from '../../runtime/answerer.js'
import { createRenewals } from '../../runtime/credentials.js'
import type { Connect, Deps } from '../../runtime/deps.js'
import { createDesk } from '../../runtime/desk.js'
import type { Ledger } from '../../runtime/ledger.js'
import { createLocks, type Locks, NO_LOCKS } from '../../runtime/locks.js'
import { createQueue } from '../../runtime/queue.js'
import { secretsOf } from '../../runtime/secrets.js'
import type { Stop } from '../../runtime/stop.js'
import { VERSION } from '../../version.js'
import { guardAccount } from './account-guard.js'
import { lookElsewhere } from './elsewhere.js'
import type { SessionOptions } from './session-contract.js'
import { whoComes } from './who-comes.js'

/** Of the process, and one for all that it runs: what an op has read, the streams redact as well. */
export const SECRETS = secretsOf(process.env)
/** Never a drill's: it has nothing of the kind. */
export const OUTSIDE = { env: { ...process.env }, redact: SECRETS.redact.text }

type Parts = {
  readonly ledger: Ledger
  readonly stop: Stop
  readonly providers: ProviderSet
  readonly locks: Locks
}

/** None for what changes nothing. */
export const locksFor = ({ id, mode, setting, ownership }: SessionOptions): Locks => {
  if (mode.effects === 'withheld') return NO_LOCKS
  const { clock, locks: dir } = setting
  const locks = createLocks({ dir, incident: id, ownership })
  return {
    acquire: resources => clock.io(locks.acquire(resources)),
    releaseAll: () => clock.io(locks.releaseAll()),
  }
}

/** How long an incident may go on with nobody there, on its own clock: a runbook can go in circles for ever. */
const UNATTENDED_MS = 6 * 3_600_000

/** What the runtime works with. */
export const depsFor = (options: SessionOptions, parts: Parts): Deps => {
  const { ledger, stop, providers, locks } = parts
  const { id, fleet, setting, mode, host, attended, auto, answers } = options
  const { clock } = setting
  const store = fileInventoryStore(setting.inventory)
  const kept = fileBaselines(setting.baselines)
  const elsewhere = lookElsewhere(options)
  return {
    incident: id,
    tool: VERSION,
    clock,
    ledger,
    stop,
    fleet,
    locks,
    connect: connectFor(options, providers),
    discover: (with_, cluster, role) => discover(fleet, cluster, role, { reader: with_.ec2, store, clock }),
    ...whoComes(fleet, clock, setting),
    baselines: {
      read: cluster => clock.io(kept.read(cluster)),
      record: (cluster, baseline) => clock.io(kept.record(cluster, baseline)),
    },
    checks,
    actions,
    evaluator: createEvaluator(),
    secrets: SECRETS,
    ...(auto ? { until: clock.now() + UNATTENDED_MS } : {}),
    door: createQueue(),
    renewals: createRenewals(),
    takenElsewhere: cluster => clock.io(elsewhere.taken(cluster)),
    spentElsewhere: () => clock.io(elsewhere.spent()),
    desk: createDesk(
      createAnswerer({ answers, auto, mode, clock, ask: attended ? host.request : undefined }),
      stop,
    ),
  }
}

/**
 * The last line of defence of a withheld run: a request that would change something is a bug, and is not sent. Nor
 * is one of an incident that somebody else has taken over.
 */
const connectFor = ({ mode, fleet, setting, ownership }: SessionOptions, providers: ProviderSet): Connect => {
  const ofThisAccount = guardAccount(fleet, setting, providers)
  return record => {
    const connected = providers.withRecorder(record, ({ mutating, endpoint, operation }) => {
      if (!mutating) return ok(null)
      if (mode.effects === 'applied') return ownership.holds()
      return fail(
        'bug',
        `${badge(mode)} must not send ${endpoint} ${operation}`,
        'report this; it was not sent',
      )
    })
    if (mode.fleet === 'simulated') return connected
    return { ...connected, ec2: () => ofThisAccount(connected.ec2) }
  }
}
