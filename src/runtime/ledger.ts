import type { Clock } from '../domain/clock.js'
import type { Draft, Event } from '../domain/event.js'
import { epochMs, type Instant, toInstant } from '../domain/instant.js'
import { type Failure, ok, type Result } from '../domain/result.js'
import type { IncidentState } from '../engine/state.js'
import { next, transition } from '../engine/transition.js'
import { DURABLE, type Journal, SPOKEN } from '../journal/contract.js'
import { createQueue } from './queue.js'

/** What a listener gets for every event: the fact, its raw line, and the state after it. */
export type Notice = { readonly event: Event; readonly line: string; readonly state: IncidentState }

/** Whether nobody waits any more for what a command was to find out; then it is dropped where it no longer fits. */
export type Unwanted = (state: IncidentState) => boolean

/** The one writer: state is the fold of what is in the journal, never ahead of it. */
export type Ledger = {
  readonly state: () => IncidentState
  /** Resolves once the event is written (and on disk, where its type asks for it), folded and announced. */
  readonly append: (draft: Draft, unwanted?: Unwanted) => Promise<void>
  /** The same, where that holds when its turn to be written has come. False: it did not, and nothing was written. */
  readonly appendWhere: (draft: Draft, holds: (state: IncidentState) => boolean) => Promise<boolean>
  /** Resolves when all that was to be appended so far is. */
  readonly idle: () => Promise<void>
  /** The same for whoever stands outside the loop: a journal that cannot be written is a failure, and no silence. */
  readonly settle: (draft: Draft) => Promise<Result<null>>
  /** Resolves when the journal could not or may not be written: from then on `append` never resolves, so nothing else is done. */
  readonly broken: Promise<Failure>
}

export type LedgerOptions = {
  readonly journal: Journal
  readonly clock: Clock
  readonly state: IncidentState
  readonly notify: (notice: Notice) => void
  /** A person is asked, and answers. */
  readonly attended: boolean
  /** Takes the values of secrets out of what is about to be recorded: state is folded from the record, so it has none either. */
  readonly redact?: <T>(data: T) => T
  /** Asked right before each write: an incident that somebody else took over is no longer ours to write down. */
  readonly mayWrite?: () => Result<null>
}

export const createLedger = (options: LedgerOptions): Ledger => {
  const { journal, clock, notify } = options
  let { state } = options
  const inTurn = createQueue()
  let breakDown: (failure: Failure) => void = () => {}
  const broken = new Promise<Failure>(resolve => {
    breakDown = resolve
  })

  const isDurable = ({ type }: Event): boolean =>
    DURABLE[type] === true || (options.attended && SPOKEN[type] === true)

  const clean = (draft: Draft): Draft =>
    options.redact ? ({ ...draft, data: options.redact(draft.data) } as Draft) : draft // texts become texts

  const write = async (draft: Draft, unwanted: Unwanted): Promise<void> => {
    const event = stamp(clean(draft), clock.now(), state.at)
    const after = next(state, event) ?? (unwanted(state) ? undefined : transition(state, event))
    if (!after) return
    const may = options.mayWrite?.() ?? ok(null)
    const line = may.ok ? await journal.append(event, isDurable(event)) : may
    if (!line.ok) {
      breakDown(line.failure)
      return new Promise<void>(() => {})
    }
    state = after
    notify({ event, line: line.value, state })
  }

  const append: Ledger['append'] = (draft, unwanted = () => false) => inTurn(() => write(draft, unwanted))

  const settle = (draft: Draft): Promise<Result<null>> =>
    Promise.race([
      append(draft).then(() => ok(null)),
      broken.then((failure): Result<null> => ({ ok: false, failure })),
    ])

  const appendWhere: Ledger['appendWhere'] = (draft, holds) =>
    inTurn(async () => {
      if (!holds(state)) return false
      await write(draft, () => false)
      return true
    })

  const idle = (): Promise<void> => inTurn(async () => {})

  return { state: () => state, append, appendWhere, idle, settle, broken }
}

/** A clock may stand earlier than the one that an incident was begun by; its journal never goes back. */
const stamp = (draft: Draft, now: number, last: Instant | undefined): Event => {
  const { type, frame, actor, data } = draft
  // The draft's type and data belong together; spreading a union loses that.
  return {
    type,
    at: toInstant(last === undefined ? now : Math.max(now, epochMs(last))),
    actor: actor ?? 'engine',
    ...(frame === undefined ? {} : { frame }),
    data,
  } as Event
}
