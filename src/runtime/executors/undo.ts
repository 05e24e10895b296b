import { type EventData, type Place, placeKey } from '../../domain/event.js'
import { type Blast, noCapacity, type PlanDraft } from '../../domain/plan.js'
import { fail, ok } from '../../domain/result.js'
import { entryOf } from '../../domain/table.js'
import { runbookOf } from '../../engine/frames.js'
import type { Command } from '../../engine/pending.js'
import { leftByHand, UNDO, undoStarted } from '../../engine/undo.js'
import { whoServes } from '../../providers/serving.js'
import type { Deps } from '../deps.js'
import { tally } from '../deps.js'
import { bind } from '../digest.js'
import { stillLocked } from '../locked-for.js'
import { lookWith } from '../look.js'
import { createOpRunner } from '../op-runner.js'
import { settleOps } from '../settle-all.js'
import { backOf, type Standing, standingOf } from '../undo-requests.js'
import { untilStopped } from '../until-stopped.js'
import { confirmPlan, type Made, recordPlan } from './made.js'

/** The operator asked for it, or answered so: from here on there is the frame of an undo, and nothing else goes on. */
export const beginUndo = ({ ledger }: Deps, { of, by }: Command & { do: 'begin-undo' }): Promise<void> =>
  ledger.append(undoStarted(ledger.state(), of, by))

/** What is in doubt is looked up first: only what really happened can be taken back. */
export const planUndo = async (deps: Deps, command: Command & { do: 'plan-undo' }): Promise<void> => {
  const { frame, of } = command
  if (!(await settleOps(deps, frame, of))) return
  const made = await untilStopped(deps.stop, draftUndo(deps, of))
  if (made) await recordPlan(deps, command, made)
}

export const confirmUndo = async (deps: Deps, command: Command & { do: 'confirm-undo' }): Promise<void> => {
  const made = await untilStopped(deps.stop, draftUndo(deps, command.of))
  if (made) await confirmPlan(deps, command, made)
}

const draftUndo = async (deps: Deps, of: readonly Place[]): Promise<Made> => {
  const { record, counts } = tally()
  const standing = await standingOf(deps, of)
  const possible = standing.filter(({ by }) => typeof by !== 'string')
  const left = standing.flatMap(({ by }) => (typeof by === 'string' ? [by] : []))
  if (possible.length === 0) {
    const why = left.length === 0 ? 'nothing that still stands was changed' : left.join('; ')
    return { result: fail('plan.nothing-to-do', why, 'look at `firebreak status`'), requests: counts() }
  }
  const blast = await blastOf(deps, standing, record)
  const stays = [...left, ...leftByHand(deps.ledger.state(), of)]
  const draft = draftOf(deps, of, { standing, left: stays, blast })
  const plan = bind(draft, {
    tool: deps.tool,
    runbook: runbookOf(deps.ledger.state()).hash,
    action: UNDO,
    with: { of: of.map(placeKey) },
    allowlist: null,
    guardrails: deps.fleet.guardrailsHash,
  })
  return { result: ok(plan), requests: counts() }
}

type Parts = { readonly standing: readonly Standing[]; readonly left: readonly string[]; readonly blast: Blast }

/** The ops in the order in which they will be carried out: the exact reverse of what was done. */
const draftOf = (deps: Deps, of: readonly Place[], { standing, left, blast }: Parts): PlanDraft => {
  const { applied } = deps.ledger.state()
  const keyed = standing.flatMap(({ by }) => (typeof by === 'string' ? [] : by))
  const locks = of.flatMap(visit => entryOf(applied, placeKey(visit))?.locks ?? [])
  const steps = [...new Set(of.map(({ step }) => step))]
  return {
    summary: `Take back what ${steps.join(', ')} did: ${keyed.length} change${keyed.length === 1 ? '' : 's, newest first'}`,
    changes: keyed.map(({ request, undoes }) => ({
      verb: request.kind,
      resource: request.target,
      before: { 'takes back': `${undoes.kind} ${undoes.target}` },
      after: request.args,
    })),
    blast,
    facts: [],
    warnings: left.map(why => `stays as it is: ${why}`),
    undo: ['an undo is not undone; the step can be visited again'],
    confirm: UNDO,
    predicted: {},
    commands: standing.flatMap(byHandOf),
    locks: [...new Set(locks)],
    atLeast: { level: 'operator', reason: 'it takes back what was done' },
  }
}

/** The same by hand, op by op; one that nobody wrote a command for is named. */
const byHandOf = ({ by, ops }: Standing): readonly string[] =>
  typeof by === 'string'
    ? []
    : by.map(
        ({ request: { kind, target, args } }) =>
          ops[kind]?.byHand?.(args) ?? `# ${kind} ${target} ${JSON.stringify(args)}`,
      )

/** The floor is checked at each op that takes a serving target away; here the operator sees where it stands. */
const blastOf = async (
  deps: Deps,
  standing: readonly Standing[],
  record: Parameters<typeof lookWith>[1],
): Promise<Blast> => {
  const { applied } = deps.ledger.state()
  const cluster = standing.map(({ op }) => entryOf(applied, placeKey(op))?.cluster).find(name => name)
  const floor = cluster ? deps.fleet.clusters[cluster]?.proxies.minHealthy : undefined
  if (!cluster || floor === undefined) return noCapacity(false)
  const look = lookWith(deps, record)
  const inventory = await look.discover(cluster, 'proxy')
  if (!inventory.ok) return noCapacity(false)
  const { targets } = inventory.value
  const serving = (await whoServes(look, targets)).size
  return { ...noCapacity(false), cluster, serving, floor, unavailable: targets.length - serving }
}

/** Takes back what those visits really changed, newest first; says what it could not. */
export const undo = async (deps: Deps, command: Command & { do: 'undo' }): Promise<void> => {
  const { frame, of, plan } = command
  if (!(await stillLocked(deps, plan))) return
  const shown = new Set(plan.changes.map(({ verb, resource }) => `${verb} ${resource}`))
  const undone: string[] = []
  const left: string[] = []
  let stuck: boolean = false
  for (const standing of await standingOf(deps, of)) {
    // What was done under something that failed to be taken back stays, too; less than the plan, never more.
    const why: string | undefined = stuck ? `${words(standing)}: not tried, because of that` : undefined
    const failed = why ?? (await takeBack(deps, frame, standing, shown))
    if (failed === 'left') return
    if (failed === undefined) undone.push(standing.op.op)
    else left.push(failed)
    // What cannot be undone at all was shown as such, and stops nothing.
    if (failed !== undefined && typeof standing.by !== 'string') stuck = true
  }
  const outcome = left.length === 0 ? 'undone' : 'failed'
  const stays = [...left, ...leftByHand(deps.ledger.state(), of)]
  await finish(deps, command, { outcome, left: stays, undone })
}

const words = ({ op }: Standing): string => `${op.kind} on ${op.target}`

/** Undefined: taken back. `left`: stopped, with nothing in flight. Else why it still stands. */
const takeBack = async (
  deps: Deps,
  frame: string,
  { op, by, ops }: Standing,
  shown: ReadonlySet<string>,
): Promise<string | undefined> => {
  if (typeof by === 'string') return by
  const place: Place = { frame, step: op.step, visit: op.visit }
  const runner = createOpRunner(deps, place, ops)
  for (const { request, key } of by) {
    if (!shown.has(`${request.kind} ${request.target}`))
      return `${request.kind} on ${request.target}: not shown`
    const done = await Promise.race([runner.undo(request, op.op, key), runner.halted])
    if (!done) return 'left'
    if (!done.ok) return `${request.kind} on ${request.target}: ${done.failure.message}`
  }
  return undefined
}

export const leaveUndo = (deps: Deps, command: Command & { do: 'leave-undo' }): Promise<void> =>
  finish(deps, command, { outcome: command.outcome, left: command.left })

/** An earlier process may have taken some of it back: that counts as undone, too. */
const finish = async (
  deps: Deps,
  { frame, step, visit }: Command & { do: 'undo' | 'leave-undo' },
  { outcome, left, undone = [] }: Pick<EventData['undo.finished'], 'outcome' | 'left' | 'undone'>,
): Promise<void> => {
  const before = await backOf(deps, deps.ledger.state().frames[frame]?.of ?? [])
  const all = [...new Set([...before, ...undone])]
  const data = { step: step.id, visit, outcome, left, ...(all.length > 0 ? { undone: all } : {}) }
  await deps.ledger.append({ type: 'undo.finished', frame, data })
}
