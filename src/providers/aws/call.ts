import type { Result } from '../../domain/result.js'
import { ok } from '../../domain/result.js'
import type { Wire } from '../wire.js'
import { awsFailure } from './aws-failure.js'
import { classify, ERROR_CLASS, type ErrorClass } from './classify.js'
import { readSdkError, type SdkError } from './wire-error.js'

export type AwsCall<Output> = {
  readonly endpoint: 'ec2' | 'sts'
  readonly operation: string
  readonly mutating: boolean
  /** Carries a client token: EC2 looks for what an earlier try with it did before it weighs anything else. */
  readonly hasToken?: boolean
  /** Never sent again once it may have been done: a second one could hit what somebody else has put there since. */
  readonly once?: boolean
  /** Milliseconds that the caller is willing to wait in all; retries end there. */
  readonly patience?: number
  readonly send: (signal: AbortSignal) => Promise<Output>
}

export type AwsCaller = Pick<Wire, 'clock' | 'admit' | 'record'> & {
  /** Told that the credentials are over: whoever calls next reads them again. */
  readonly expired?: () => void
}

/** Sends, and again after a pause where that is safe. Client tokens are the caller's, so each try has the same. */
export const awsCall = async <Output>(caller: AwsCaller, call: AwsCall<Output>): Promise<Result<Output>> => {
  const admitted = admit(caller, call)
  if (!admitted.ok) return admitted
  const end = caller.clock.now() + (call.patience ?? PATIENCE)
  let unknown = false
  for (let attempt = 1; ; attempt++) {
    const left = end - caller.clock.now()
    const outcome = await attemptOnce(caller, call, Math.min(left, deadlineOf(call)))
    if (outcome.ok) return ok(outcome.value)
    const { error, errorClass } = outcome
    unknown ||= call.mutating && errorClass === ERROR_CLASS.transient && !error.unsent
    const pause = pauseAfter(attempt)
    const isBarred = call.once === true && unknown
    const again = !isBarred && RETRIED.has(errorClass) && attempt < ATTEMPTS && caller.clock.now() + pause < end
    if (!again)
      return {
        ok: false,
        failure: awsFailure(call, error, unknown ? afterUnknown(call, errorClass) : errorClass, attempt),
      }
    await caller.clock.sleep(pause)
    const still = admitAgain(caller, call, { unknown, error, attempt })
    if (!still.ok) return still
  }
}

const admit = (caller: AwsCaller, call: AwsCall<unknown>): Result<null> =>
  caller.admit?.(requestOf(call)) ?? ok(null)

/** Who may send can have changed meanwhile; that says nothing about what an earlier try did. */
const admitAgain = (
  caller: AwsCaller,
  call: AwsCall<unknown>,
  before: { readonly unknown: boolean; readonly error: SdkError; readonly attempt: number },
): Result<null> => {
  const still = admit(caller, call)
  if (still.ok || !before.unknown) return still
  return { ok: false, failure: awsFailure(call, before.error, ERROR_CLASS.ambiguous, before.attempt) }
}

const PATIENCE = 60_000
const ATTEMPTS = 8
const RETRIED: ReadonlySet<ErrorClass> = new Set([ERROR_CLASS.throttle, ERROR_CLASS.transient])

/** 0.5 s, 1 s, 2 s, 4 s, then 8 s each. */
const pauseAfter = (attempt: number): number => Math.min(500 * 2 ** (attempt - 1), 8_000)

/** One try. A launch takes seconds at EC2; to break it off early only makes its outcome unknown. */
const deadlineOf = (call: { readonly mutating: boolean }): number => (call.mutating ? 20_000 : 8_000)

/**
 * After a try that broke off. A throttle, expired credentials, a lost permission or an invalid parameter turn away
 * the later try and say nothing about the first. Only a missing capacity does, and only with a client token: EC2
 * asks for capacity once it knows that nothing was launched with it.
 */
const afterUnknown = ({ hasToken }: { readonly hasToken?: boolean }, errorClass: ErrorClass): ErrorClass =>
  hasToken && errorClass === ERROR_CLASS.capacity ? errorClass : ERROR_CLASS.ambiguous

type Attempt<Output> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly error: SdkError; readonly errorClass: ErrorClass }

const attemptOnce = async <Output>(
  caller: AwsCaller,
  call: AwsCall<Output>,
  deadline: number,
): Promise<Attempt<Output>> => {
  const request = new AbortController()
  const timer = new AbortController()
  const answer = caller.clock.io(settle(call.send(request.signal)))
  const late = caller.clock.sleep(deadline, timer.signal).then(() => TIMED_OUT)
  const outcome = await Promise.race([answer, late])
  timer.abort()
  request.abort()
  if (outcome.ok || !outcome.error.unsent) {
    caller.record(requestOf(call))
  }
  if (!outcome.ok && outcome.errorClass === ERROR_CLASS.credentials) caller.expired?.()
  return outcome
}

const requestOf = ({ endpoint, operation, mutating }: AwsCall<unknown>) => ({ endpoint, operation, mutating })

const failed = (error: SdkError) => ({ ok: false as const, error, errorClass: classify(error) })
const TIMED_OUT = failed({ code: 'RequestTimeout', unsent: false })

const settle = <Output>(sent: Promise<Output>): Promise<Attempt<Output>> =>
  sent.then(
    value => ({ ok: true, value }),
    (thrown: unknown) => failed(readSdkError(thrown)),
  )
