// runtime: effects at the edge. It turns pending commands into events, and nothing else decides here.
// It never prints, never reads process state, and knows no host: questions go to the answerer handed in.

import type { ActionSpec } from '../actions/contract.js'
import type { CheckSpec } from '../checks/contract.js'
import type { Clock } from '../domain/clock.js'
import type { RequestTally } from '../domain/event.js'
import type { Json, JsonObject } from '../domain/json.js'
import type { Result } from '../domain/result.js'
import type { Template } from '../domain/runbook.js'
import type { Scope } from '../domain/scope.js'
import type { Spent } from '../engine/rate.js'
import type { FilterRegister } from '../fleet/filters/register.js'
import type { Fleet } from '../fleet/fleet.js'
import type { Inventory } from '../fleet/inventory.js'
import type { Providers } from '../providers/contract.js'
import type { Baselines, Look } from '../providers/look.js'
import type { SentRequest } from '../providers/wire.js'
import type { Renewals } from './credentials.js'
import type { Desk } from './desk.js'
import type { Ledger } from './ledger.js'
import type { Locks } from './locks.js'
import type { Queue } from './queue.js'
import type { Secrets } from './secrets.js'
import type { Stop } from './stop.js'

/** What an expression came to, and the short values it looked at. `missing` names what is absent, `error` what went wrong. */
export type Evaluated =
  | { readonly ok: true; readonly value: Json; readonly seen: JsonObject }
  | { readonly ok: false; readonly missing?: string; readonly message: string }

export type Evaluator = {
  readonly evaluate: (expression: string, scope: Scope) => Evaluated
  readonly evaluateTemplate: (template: Template, scope: Scope) => Evaluated
}

/** Providers whose requests are counted for one command. */
export type Connect = (record: (request: SentRequest) => void) => Providers

export type Discover = (
  providers: Providers,
  cluster: string,
  role: 'proxy' | 'shard',
) => Promise<Result<Inventory>>

export type Deps = {
  readonly incident: string
  /** Version of firebreak: plans made by another one are not the same plan. */
  readonly tool: string
  readonly clock: Clock
  readonly ledger: Ledger
  readonly stop: Stop
  readonly fleet: Fleet
  readonly connect: Connect
  readonly discover: Discover
  readonly baselines: Baselines
  readonly clients: Look['clients']
  readonly allowlist: Look['allowlist']
  readonly standpoint: Look['standpoint']
  readonly filters: FilterRegister
  readonly checks: { readonly [name: string]: CheckSpec }
  readonly actions: { readonly [name: string]: ActionSpec }
  readonly evaluator: Evaluator
  readonly secrets: Pick<Secrets, 'secret'>
  /** Where nobody watches: the moment at which an incident that goes round in circles is paused. */
  readonly until?: number
  readonly desk: Desk
  /** One op at a time is let in, whichever step it is of, so that each sees what the one before it takes away. */
  readonly door: Queue
  readonly renewals: Renewals
  readonly locks: Locks
  /** Serving targets of a cluster that other open incidents were taking away when they were left, or are taking now. */
  readonly takenElsewhere: (cluster: string) => Promise<readonly string[]>
  /** What other incidents of the fleet have spent, open or ended. */
  readonly spentElsewhere: () => Promise<readonly Spent[]>
}

/** Counts requests by operation: `ec2.RunInstances`. */
export const tally = (): {
  readonly record: (request: SentRequest) => void
  readonly counts: () => RequestTally
} => {
  const counts: { [operation: string]: number } = {}
  return {
    record: ({ endpoint, operation }) => {
      const key = `${endpoint}.${operation}`
      counts[key] = (counts[key] ?? 0) + 1
    },
    counts: () => ({ ...counts }),
  }
}
