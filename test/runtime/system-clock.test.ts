import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/runtime/system-clock.js'

const NINE = Date.parse('2026-11-23T09:00:00.000Z')
const HOUR = 3_600_000

/** A machine whose wall clock can be set, and whose time passes when a test says so. */
const machine = (wallAtStart = NINE) => {
  let passed = 1_234.5 // milliseconds since whenever
  let step = 0
  return {
    sources: { wall: () => wallAtStart + passed - 1_234.5 + step, steady: () => passed },
    pass: (ms: number) => {
      passed += ms
    },
    set: (ms: number) => {
      step += ms
    },
  }
}

describe("the system's clock", () => {
  it('begins with wall time and goes on with the time that passes, in whole milliseconds', () => {
    const { sources, pass } = machine()
    const clock = createSystemClock(0, sources)
    expect(clock.now()).toBe(NINE)
    pass(1_500.7)
    expect(clock.now()).toBe(NINE + 1_500)
  })

  it.each([-HOUR, HOUR])('moves nothing when the wall clock is set by %d ms', ms => {
    const { sources, pass, set } = machine()
    const clock = createSystemClock(0, sources)
    set(ms)
    pass(10)
    expect(clock.now()).toBe(NINE + 10)
  })

  it('begins where the journal ends, on a machine whose wall clock stands earlier', () => {
    const { sources, pass } = machine()
    const clock = createSystemClock(NINE + HOUR, sources)
    expect(clock.now()).toBe(NINE + HOUR)
    pass(120_000)
    expect(clock.now()).toBe(NINE + HOUR + 120_000)
  })

  it('begins with wall time where that is later than the journal', () => {
    const { sources } = machine()
    expect(createSystemClock(NINE - HOUR, sources).now()).toBe(NINE)
  })

  it('wakes a sleeper at once when its signal aborts', async () => {
    const stop = new AbortController()
    const slept = createSystemClock().sleep(HOUR, stop.signal)
    stop.abort()
    expect(await slept).toBe('aborted')
    expect(await createSystemClock().sleep(HOUR, stop.signal)).toBe('aborted')
  })
})
