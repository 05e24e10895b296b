import { actions } from '../../actions/registry.js'
import { checks } from '../../checks/registry.js'
import type { Clock } from '../../domain/clock.js'
import { type Draft, EVENT } from '../../domain/event.js'
import { badge, type Mode } from '../../domain/mode.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Runbook } from '../../domain/runbook.js'
import { replay } from '../../engine/replay.js'
import { EMPTY, type IncidentState } from '../../engine/state.js'
import { fileBaselines } from '../../fleet/baseline-store.js'
import { discover } from '../../fleet/discovery.js'
import type { Fleet } from '../../fleet/fleet.js'
import { fileInventoryStore } from '../../fleet/inventory-store.js'
import type { Host, Notice } from '../../hosts/contract.js'
import type { Journal } from '../../journal/contract.js'
import { createJournal, reopenJournal } from '../../journal/file-journal.js'
import type { AwsWire, Endpoint } from '../../providers/contract.js'
import { createProviders, type ProviderSet } from '../../providers/providers.js'
import { createEvaluator } from '../../runbook/expressions/evaluate.js'
import { type Answers, createAnswerer } from '../../runtime/answerer.js'
import type { Connect, Deps } from '../../runtime/deps.js'
import { createLedger, type Ledger } from '../../runtime/ledger.js'
import { type Ending, runIncident } from '../../runtime/loop.js'
import { createStop, type Stop } from '../../runtime/stop.js'
import { VERSION } from '../../version.js'
import type { incidentPaths } from './state.js'

/** The world that a session works on: a real one, or a drill's. The only things that differ. */
export type Setting = {
  readonly clock: Clock
  readonly resolve: (url: string) => Result<Endpoint>
  readonly aws?: AwsWire
  /** Where inventories and baselines are kept: a drill has its own. */
  readonly inventory: string
  readonly baselines: string
  /** `at` is virtual: wall time is written beside it. */
  readonly virtual: boolean
}

export type SessionOptions = {
  readonly id: string
  readonly paths: ReturnType<typeof incidentPaths>
  readonly mode: Mode
  readonly fleet: Fleet
  readonly setting: Setting
  readonly host: Host
  /** A person at a terminal can be asked. */
  readonly attended: boolean
  readonly auto: boolean
  readonly answers: Answers
}

/** An incident under way: the ledger, and what runs it. */
export type Session = {
  readonly id: string
  readonly ledger: Ledger
  readonly stop: Stop
  readonly head: () => string
  readonly run: () => Promise<Ending>
  readonly close: () => Promise<void>
}

type Opening = Draft<typeof EVENT.incidentOpened>

/** The first event of an incident: the runbook whole, and the rules it starts under. */
export const openingOf = (
  facts: Pick<Opening['data'], 'definition' | 'inputs' | 'mode' | 'drill'>,
  fleet: Fleet,
  namespace: string,
): Opening => ({
  type: EVENT.incidentOpened,
  data: {
    ...facts,
    posture: 'conservative',
    tool: VERSION,
    fleet: { file: fleet.file, namespace, guardrailsHash: fleet.guardrailsHash },
  },
})

/** Starts a journal with `incident.opened`. */
export const openSession = async (options: SessionOptions, opening: Opening): Promise<Result<Session>> => {
  const journal = await createJournal(journalOptions(options))
  if (!journal.ok) return journal
  const session = assemble(options, journal.value, EMPTY, opening.data.definition)
  const begun = await session.ledger.settle(opening)
  return begun.ok ? ok(session) : begun
}

/** Goes on with a journal: verified, replayed, marked as resumed. */
export const resumeSession = async (options: SessionOptions): Promise<Result<Session>> => {
  const opened = await reopenJournal(journalOptions(options))
  if (!opened.ok) return opened
  const { journal, verified } = opened.value
  const state = replay(verified.entries)
  if (!state.ok) return state
  const definition = state.value.opened?.definition
  if (!definition) throw new Error('a journal that replays begins with incident.opened')
  const session = assemble(options, journal, state.value, definition)
  if (state.value.status !== 'ended') {
    const resumed = await session.ledger.settle({ type: EVENT.incidentResumed, data: { tool: VERSION } })
    if (!resumed.ok) return resumed
  }
  return ok(session)
}

const journalOptions = ({ id, paths, setting }: SessionOptions) => ({
  path: paths.journal,
  incident: id,
  clock: setting.clock,
  ...(setting.virtual ? { wall: () => new Date().toISOString() } : {}),
})

const assemble = (
  options: SessionOptions,
  journal: Journal,
  state: IncidentState,
  definition: Runbook,
): Session => {
  const { id, host, setting } = options
  const stop = createStop()
  const ledger = createLedger({ journal, clock: setting.clock, state, notify: quietly(host) })
  const providers = createProviders({
    clock: setting.clock,
    resolve: setting.resolve,
    ...(setting.aws ? { aws: setting.aws } : {}),
    record: () => {},
  })
  const deps = depsFor(options, { ledger, stop, providers, definition })
  return {
    id,
    ledger,
    stop,
    head: journal.head,
    run: () => runIncident(deps),
    close: async () => {
      providers.close()
      await journal.close()
    },
  }
}

/** A host that fails must never stop a run. */
const quietly =
  (host: Host) =>
  (notice: Notice): void => {
    try {
      host.notify(notice)
    } catch {
      // The journal has the event; the screen can be had again with `firebreak status`.
    }
  }

type Parts = {
  readonly ledger: Ledger
  readonly stop: Stop
  readonly providers: ProviderSet
  readonly definition: Runbook
}

/** How long an incident may go on with nobody there, on its own clock: a runbook can go in circles for ever. */
const UNATTENDED_MS = 6 * 3_600_000

const depsFor = (options: SessionOptions, { ledger, stop, providers, definition }: Parts): Deps => {
  const { id, fleet, setting, mode, host, attended, auto, answers } = options
  const { clock } = setting
  const store = fileInventoryStore(setting.inventory)
  const kept = fileBaselines(setting.baselines)
  return {
    incident: id,
    tool: VERSION,
    clock,
    ledger,
    stop,
    fleet,
    connect: connectFor(mode, providers),
    discover: (with_, cluster, role) => discover(fleet, cluster, role, { reader: with_.ec2, store, clock }),
    baselines: {
      read: cluster => clock.io(kept.read(cluster)),
      record: (cluster, baseline) => clock.io(kept.record(cluster, baseline)),
    },
    checks,
    actions,
    evaluator: createEvaluator(definition),
    ...(auto ? { until: clock.now() + UNATTENDED_MS } : {}),
    answer: createAnswerer({
      answers,
      auto,
      mode,
      clock,
      ask: attended ? question => host.request(question, stop.signal) : undefined,
    }),
  }
}

/** The last line of defence of a withheld run: a request that would change something is a bug, and is not sent. */
const connectFor =
  (mode: Mode, providers: ProviderSet): Connect =>
  record =>
    providers.withRecorder(record, request =>
      mode.effects === 'withheld' && request.mutating
        ? fail(
            'bug',
            `${badge(mode)} must not send ${request.endpoint} ${request.operation}`,
            'report this; it was not sent',
          )
        : ok(null),
    )
