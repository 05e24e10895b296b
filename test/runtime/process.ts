import { NOBODY } from '../fleet/nobody.js'
// One process of firebreak without its commands: a real journal in a file, a world in memory, a clock of its own.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../src/domain/clock.js'
import type { Mode } from '../../src/domain/mode.js'
import type { Answer, Question } from '../../src/domain/question.js'
import { fail } from '../../src/domain/result.js'
import type { Runbook } from '../../src/domain/runbook.js'
import { replay } from '../../src/engine/replay.js'
import { EMPTY, type IncidentState } from '../../src/engine/state.js'
import type { Entry, Journal } from '../../src/journal/contract.js'
import { createJournal, readJournal, reopenJournal } from '../../src/journal/file-journal.js'
import { createRenewals } from '../../src/runtime/credentials.js'
import type { Deps, Evaluated, Evaluator } from '../../src/runtime/deps.js'
import { createDesk } from '../../src/runtime/desk.js'
import { createLedger, type Ledger, type Notice } from '../../src/runtime/ledger.js'
import { NO_LOCKS } from '../../src/runtime/locks.js'
import { type Ending, runIncident } from '../../src/runtime/loop.js'
import { createQueue } from '../../src/runtime/queue.js'
import { createStop, type Stop } from '../../src/runtime/stop.js'
import { LIVE } from '../engine/histories.js'
import { okOf } from '../engine/results.js'
import { fleetOf } from '../fleet/fleets.js'
import { absentHaproxy } from '../providers/absent-haproxy.js'
import { absentNftables } from '../providers/absent-nftables.js'
import { actionsIn, checksIn, type World } from './world.js'

/** What outlives a process: the world, the file, and the time. */
export type Stage = {
  readonly world: World
  readonly definition: Runbook
  readonly mode: Mode
  readonly file: string
  readonly clock: Clock & { readonly slept: readonly number[] }
}

export const stageFor = (world: World, definition: Runbook, mode: Mode = LIVE): Stage => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-runtime-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return { world, definition, mode, file: path.join(dir, 'journal.jsonl'), clock: jumpingClock() }
}

/** Time passes when somebody waits for it, at once. */
export const jumpingClock = (): Stage['clock'] => {
  let now = 1_800_000_000_000
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      slept.push(ms)
      if (signal?.aborted) return 'aborted'
      now += ms
      return 'fired'
    },
    io: promise => promise,
  }
}

export type Answering = (
  question: Question,
  signal?: AbortSignal,
) => Answer | undefined | Promise<Answer | undefined>

/** Approves every plan, types what is to be typed, and goes on after a crash. */
const agreeing: Answering = question => {
  const option = { gate: 'approve', interrupted: 'continue', manual: 'done' }[question.kind as string]
  return option === undefined ? undefined : by(question, option)
}

export const by = (question: Question, option: string): Answer => ({
  option,
  by: 'operator',
  ...(question.type?.option === option ? { typed: question.type.word } : {}),
})

/** The operator's word for each kind of question; consent for what is not named. */
export const saying =
  (words: { readonly [kind in Question['kind']]?: string }): Answering =>
  question => {
    const word = words[question.kind]
    return word === undefined ? agreeing(question) : by(question, word)
  }

export type Process = {
  readonly deps: Deps
  readonly ledger: Ledger
  readonly stop: Stop
  readonly notices: readonly Notice[]
  readonly asked: readonly Question[]
  readonly run: () => Promise<Ending>
}

type BootOptions = {
  readonly answer?: Answering
  readonly wrap?: (journal: Journal) => Journal
  /** A person answers; they do unless it is said otherwise. */
  readonly attended?: boolean
  readonly deps?: Partial<Deps>
}

/** Starts the incident, or goes on with it where a journal stands already. */
export const boot = async (stage: Stage, options: BootOptions = {}): Promise<Process> => {
  const goingOn = existsSync(stage.file)
  const { journal, state } = goingOn ? await reopened(stage) : await created(stage)
  stage.world.trap.leaves(journal.close)
  onTestFinished(() => journal.close())
  const stop = createStop()
  const notices: Notice[] = []
  const asked: Question[] = []
  const ledger = createLedger({
    journal: options.wrap?.(trapped(journal, stage.world)) ?? trapped(journal, stage.world),
    clock: stage.clock,
    state,
    notify: notice => notices.push(notice),
    attended: options.attended ?? true,
  })
  const deps = {
    ...depsFor(stage, { ledger, stop, asked, answer: options.answer ?? agreeing }),
    ...options.deps,
  }
  if (!goingOn) await ledger.append(opening(stage))
  else if (state.status !== 'ended') await ledger.append({ type: 'incident.resumed', data: { tool: '1' } })
  return { deps, ledger, stop, notices, asked, run: () => runIncident(deps) }
}

const INCIDENT = '20261123-0312-test'
const optionsFor = ({ file, clock }: Stage) => ({ path: file, incident: INCIDENT, clock })

type Started = { readonly journal: Journal; readonly state: IncidentState }

const created = async (stage: Stage): Promise<Started> => ({
  journal: okOf(await createJournal(optionsFor(stage))),
  state: EMPTY,
})

const reopened = async (stage: Stage): Promise<Started> => {
  const { journal, verified } = okOf(await reopenJournal(optionsFor(stage)))
  return { journal, state: okOf(replay(verified.entries)) }
}

/** A process can be killed before and after each line that it writes. */
const trapped = (journal: Journal, { trap }: World): Journal => ({
  ...journal,
  append: async (event, sync) => {
    await trap.pass(`before ${event.type}`)
    const line = await journal.append(event, sync)
    await trap.pass(`after ${event.type}`)
    return line
  },
})

const opening = ({ definition, mode }: Stage) =>
  ({
    type: 'incident.opened',
    data: {
      definition,
      inputs: {},
      mode,
      posture: 'conservative',
      tool: '1',
      fleet: { file: '/fleet.yaml', namespace: 'n', guardrailsHash: 'g' },
    },
  }) as const

/** Expressions are names of values here: `true`, `false`, an item of an `each`, and `gone` for one that is absent. */
const evaluator: Evaluator = {
  evaluate: (expression, { items }) => {
    const known = { true: true, false: false, ...items }[expression]
    return known === undefined
      ? { ok: false, missing: expression, message: `${expression} is absent` }
      : { ok: true, value: known, seen: {} }
  },
  evaluateTemplate: (template, scope) => {
    if ('literal' in template) return { ok: true, value: template.literal, seen: {} }
    if ('list' in template) return listOf(template.list.map(one => evaluator.evaluateTemplate(one, scope)))
    return evaluator.evaluate('cel' in template ? template.cel : 'gone', scope)
  },
}

const listOf = (results: readonly Evaluated[]): Evaluated => {
  const failed = results.find(({ ok }) => !ok)
  return failed ?? { ok: true, value: results.flatMap(one => (one.ok ? [one.value] : [])), seen: {} }
}

type Parts = {
  readonly ledger: Ledger
  readonly stop: Stop
  readonly asked: Question[]
  readonly answer: Answering
}

const nothing = fail('target.refused', 'there is nothing here.', 'go on')
const noneHere = async () => nothing
const providers: ReturnType<Deps['connect']> = {
  ec2: noneHere,
  sts: noneHere,
  haproxy: () => absentHaproxy(nothing),
  memcached: () => ({ version: noneHere, stats: noneHere, flushAll: noneHere, setVerbosity: noneHere }),
  nftables: () => absentNftables(nothing),
  processes: { run: noneHere },
  ssh: { run: noneHere },
  http: { send: noneHere },
}

const depsFor = ({ world, clock }: Stage, { ledger, stop, asked, answer }: Parts): Deps => ({
  incident: INCIDENT,
  tool: '1',
  clock,
  ledger,
  stop,
  fleet: fleetOf({ kind: 'static', targets: [] }),
  connect: () => providers,
  discover: noneHere,
  baselines: { read: async () => undefined, record: async () => {} },
  ...NOBODY,
  checks: checksIn(world),
  actions: actionsIn(world),
  evaluator,
  secrets: { secret: () => fail('secret.missing', 'there is no secret here.', 'go on') },
  desk: createDesk(async (question, { signal }) => {
    asked.push(question)
    return answer(question, signal)
  }, stop),
  door: createQueue(),
  renewals: createRenewals(),
  locks: NO_LOCKS,
  takenElsewhere: async () => [],
  spentElsewhere: async () => [],
})

/** The journal as it stands on disk. */
export const entriesOf = async ({ file }: Stage): Promise<readonly Entry[]> =>
  okOf(await readJournal(file)).entries

export const typesOf = async (stage: Stage): Promise<string[]> =>
  (await entriesOf(stage)).map(({ type }) => type)

export const textOf = ({ file }: Stage): string => readFileSync(file, 'utf8')
