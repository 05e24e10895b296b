import { type Event, type Place, placeKey, readPlace, type WrittenPlace } from '../domain/event.js'
import type { Runbook } from '../domain/runbook.js'
import { ownFrames } from './own-frames.js'

/** The last outcome of each step by its id, in whichever frame that was; `visited` where no visit has one. */
export const outcomesOf = (
  runbook: Pick<Runbook, 'steps'>,
  events: Iterable<Event>,
): { readonly [id: string]: string } => {
  const seen: Seen = { latest: new Map(), ops: new Map(), undoing: new Map(), undone: new Set() }
  const isOwn = ownFrames(runbook)
  for (const event of events) {
    if (event.type === 'undo.started') seen.undoing.set(event.frame, event.data.of)
    else if (event.type === 'undo.finished') takeBack(seen, event)
    else if (isOwn(event.frame)) note(seen, event)
  }
  return Object.fromEntries([...seen.latest].map(([id, { outcome }]) => [id, outcome]))
}

type Seen = {
  /** By step: where it was visited last, and how that came out. */
  readonly latest: Map<string, Place & { readonly outcome: string }>
  /** By place: what it changed. */
  readonly ops: Map<string, Set<string>>
  /** By the frame of an undo: what it takes back. */
  readonly undoing: Map<string | undefined, readonly WrittenPlace[]>
  readonly undone: Set<string>
}

const note = (seen: Seen, event: Event): void => {
  switch (event.type) {
    case 'step.entered':
      // What an earlier visit came to is still the latest that is known.
      if (!seen.latest.has(event.data.step)) put(seen, event, 'visited')
      return
    case 'step.skipped':
      if (event.data.reason === 'when') put(seen, event, 'skipped')
      return
    case 'step.finished':
      put(seen, event, event.data.outcome)
      return
    case 'op.started':
      if (!event.data.look && event.data.undoes === undefined) opsAt(seen, event).add(event.data.op)
      return
    case 'op.failed':
    case 'op.refused':
      opsAt(seen, event).delete(event.data.op)
      return
    case 'op.resolved':
      if (event.data.verdict === 'not-done') opsAt(seen, event).delete(event.data.op)
      return
    default:
      return
  }
}

type Visiting = { readonly frame?: string; readonly data: { readonly step: string; readonly visit: number } }

const placeOf = ({ frame, data: { step, visit } }: Visiting): Place =>
  readPlace({ step, visit, ...(frame === undefined ? {} : { frame }) })

const put = ({ latest }: Seen, event: Visiting, outcome: string): void => {
  latest.set(event.data.step, { ...placeOf(event), outcome })
}

const opsAt = ({ ops }: Seen, event: Visiting): Set<string> => {
  const key = placeKey(placeOf(event))
  const known = ops.get(key) ?? new Set()
  ops.set(key, known)
  return known
}

/** A visit is undone once all that it changed is back. */
const takeBack = (seen: Seen, { frame, data }: Event<'undo.finished'>): void => {
  for (const op of data.undone ?? []) seen.undone.add(op)
  for (const written of seen.undoing.get(frame) ?? []) {
    const key = placeKey(readPlace(written))
    const latest = seen.latest.get(written.step)
    const left = [...(seen.ops.get(key) ?? [])].filter(op => !seen.undone.has(op))
    if (latest && placeKey(latest) === key && left.length === 0)
      seen.latest.set(written.step, { ...latest, outcome: 'undone' })
  }
}
