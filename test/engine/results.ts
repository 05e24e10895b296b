import { expect } from 'vitest'
import type { Failure, Result } from '../../src/domain/result.js'

export const okOf = <T>(result: Result<T>): T => {
  if (!result.ok) expect.fail(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}

/** The failure of a result that should be one; every failure says what happened and what to do next. */
export const failureOf = (result: Result<unknown>): Failure => {
  if (result.ok) expect.fail(`expected a failure, got ${JSON.stringify(result.value)}`)
  expect(result.failure.message).not.toBe('')
  expect(result.failure.next).not.toBe('')
  return result.failure
}
