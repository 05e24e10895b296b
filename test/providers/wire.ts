import { expect } from 'vitest'
import type { Failure, Result } from '../../src/domain/result.js'
import { resolveUrl } from '../../src/providers/endpoint.js'
import type { SentRequest, Wire } from '../../src/providers/wire.js'
import type { TestClock } from './clock.js'
import { fastClock } from './clock.js'

export type TestWire = Wire & { readonly clock: TestClock; readonly sent: SentRequest[] }

/** A wire on loopback that keeps what was recorded. */
export const testWire = (options: { readonly clock?: TestClock; readonly awsUrl?: string } = {}): TestWire => {
  const sent: SentRequest[] = []
  return {
    clock: options.clock ?? fastClock(),
    resolve: resolveUrl,
    record: request => void sent.push(request),
    sent,
    ...(options.awsUrl === undefined ? {} : { aws: drillAws(options.awsUrl) }),
  }
}

export const drillAws = (endpoint: string) => ({
  region: 'us-east-1',
  version: '0.1.0',
  override: { endpoint, accessKeyId: 'AKIDRILL', secretAccessKey: 'drill' },
})

/** The failure of a result that should be one; every failure says what happened and what to do next. */
export const failureOf = (result: Result<unknown>): Failure => {
  if (result.ok) expect.fail(`expected a failure, got ${JSON.stringify(result.value)}`)
  expect(result.failure.message).toMatch(/[.!…]$|: .+/)
  expect(result.failure.next).not.toBe('')
  return result.failure
}

export const okOf = <T>(result: Result<T>): T => {
  if (!result.ok) expect.fail(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}
