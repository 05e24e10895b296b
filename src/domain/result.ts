import type { FailureCode } from './failure-codes.js'
import { FAILURE_CODES } from './failure-codes.js'

/** Who can mend it: the caller's input, the world around us, a rule of ours, or our own code. */
export const FAILURE_KIND = {
  user: 'user',
  environment: 'environment',
  refused: 'refused',
  bug: 'bug',
} as const
export type FailureKind = (typeof FAILURE_KIND)[keyof typeof FAILURE_KIND]

/** An expected failure, as a value: what happened, and what to do next. */
export type Failure = {
  readonly kind: FailureKind
  readonly code: FailureCode
  readonly message: string
  readonly next: string
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })

export const failure = (code: FailureCode, message: string, next: string): Failure => ({
  kind: FAILURE_CODES[code],
  code,
  message,
  next,
})

export const fail = (code: FailureCode, message: string, next: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: failure(code, message, next),
})
