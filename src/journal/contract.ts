// journal: the append-only, hash-chained record; the only state of an incident.
// It knows bytes, chains and files; it does not know what the events mean.

import type { Event, RecordedType } from '../domain/event.js'
import type { Result } from '../domain/result.js'

/**
 * One line. `hash` is sha256 of the raw line without it, and stands last. An output over 64 KiB is
 * `{ artifact, bytes }` in the line as stored, and itself again in what is read.
 */
export type Entry = Event & {
  readonly v: 1
  readonly seq: number
  /** Wall time, where `at` is virtual. */
  readonly wall?: string
  readonly incident: string
  readonly prev: string
  readonly hash: string
}

export type Journal = {
  /**
   * Adds one event. With `sync` it is on disk when the promise resolves, and so is all before it; without, it is on
   * its way, and if it cannot be written the next append fails. Resolves to the raw line, without its newline.
   */
  readonly append: (event: Event, sync: boolean) => Promise<Result<string>>
  /** Hash of the last line: what a chain cannot know of itself, printed on pause and end. */
  readonly head: () => string
  readonly close: () => Promise<void>
}

/** A journal read and verified, up to a torn last line. */
export type Verified = {
  readonly entries: readonly Entry[]
  /** The raw lines, without their newlines: read again whenever somebody goes through them. */
  readonly lines: Iterable<string>
  readonly head: string
  /** Bytes of the verified part. */
  readonly bytes: number
  /** The last line was torn by a crash: how many bytes it has. */
  readonly torn: number
}

/** `prev` of the first line. */
export const GENESIS = '0'.repeat(64)

/** Events that stand for a fact in the world: on disk before anything acts on them. The others ride along with the next of these. */
export const DURABLE: { readonly [T in RecordedType]?: true } = {
  'incident.opened': true,
  'incident.paused': true,
  'incident.resumed': true,
  'incident.ended': true,
  'definition.changed': true,
  'owner.taken': true,
  'lock.taken': true,
  'lock.released': true,
  'op.started': true,
  'op.finished': true,
  'op.failed': true,
  'op.refused': true,
  'op.resolved': true,
  'undo.started': true,
  'undo.finished': true,
  'posture.raised': true,
  'posture.expired': true,
  'guardrail.overridden': true,
  'notice.sent': true,
  'note.added': true,
  'drill.scored': true,
  'dry_run.ended': true,
}

/** What a person is shown, and what they say to it: on disk at once as well, where there is a person. */
export const SPOKEN: { readonly [T in RecordedType]?: true } = {
  'question.asked': true,
  'question.answered': true,
  'gate.decided': true,
}
