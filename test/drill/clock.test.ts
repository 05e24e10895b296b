import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../src/drill/clock.js'

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve))
}

describe('the instant clock', () => {
  it('jumps to each timer in turn, however long the sleep', async () => {
    const clock = createVirtualClock({ start: 1_000, pace: 'instant' })
    const seen: number[] = []
    await Promise.all(
      [86_400_000, 5, 60_000].map(async ms => {
        await clock.sleep(ms)
        seen.push(clock.now())
      }),
    )
    expect(seen).toEqual([1_005, 61_000, 86_401_000])
  })

  it('wakes sleepers of the same moment in the order in which they lay down', async () => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    const woken: string[] = []
    await Promise.all(['a', 'b', 'c'].map(name => clock.sleep(10).then(() => woken.push(name))))
    expect(woken).toEqual(['a', 'b', 'c'])
  })

  it('wakes one sleeper at a time: a shorter sleep that it starts comes before the next', async () => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    const seen: number[] = []
    const first = clock
      .sleep(10)
      .then(() => clock.sleep(5))
      .then(() => seen.push(clock.now()))
    const second = clock.sleep(20).then(() => seen.push(clock.now()))
    await Promise.all([first, second])
    expect(seen).toEqual([15, 20])
  })

  it('stands still while I/O is open, also when that takes real time', async () => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    const slept = clock.sleep(1)
    const during = await clock.io(new Promise<number>(resolve => setTimeout(() => resolve(clock.now()), 30)))
    expect(during).toBe(0)
    await slept
    expect(clock.now()).toBe(1)
  })

  it('stands still while it is held, and a second release takes nothing from another hold', async () => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    const [release, other] = [clock.hold(), clock.hold()]
    const slept = clock.sleep(7)
    release()
    release()
    await settled()
    expect(clock.now()).toBe(0)
    other()
    await slept
    expect(clock.now()).toBe(7)
  })

  it('passes a rejection of the I/O on, and moves again after it', async () => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    await expect(clock.io(Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(await clock.sleep(3)).toBe('fired')
  })

  it('is not held by a request whose reply is parked', async () => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    const at = await clock.io(clock.park(500).then(() => clock.now()))
    expect(at).toBe(500)
  })

  it('is held by a second request while the first one is parked', async () => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    const parked = clock.io(clock.park(500))
    const at = await clock.io(new Promise<number>(resolve => setTimeout(() => resolve(clock.now()), 20)))
    expect(at).toBe(0)
    await parked
    expect(clock.now()).toBe(500)
  })

  it('wakes parked replies of the same moment by their keys, in whatever order they came', async () => {
    const orderOf = async (keys: readonly string[]): Promise<string[]> => {
      const clock = createVirtualClock({ start: 0, pace: 'instant' })
      const woken: string[] = []
      await Promise.all(keys.map(key => clock.io(clock.park(9, { key }).then(() => woken.push(key)))))
      return woken
    }
    expect(await orderOf(['c', 'a', 'b'])).toEqual(['a', 'b', 'c'])
  })

  it('ends a sleep or a parked reply when its signal aborts, without moving', async () => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    const release = clock.hold()
    const leaving = new AbortController()
    const both = [clock.sleep(50, leaving.signal), clock.park(50, { signal: leaving.signal })]
    leaving.abort()
    expect(await Promise.all(both)).toEqual(['aborted', 'aborted'])
    expect(await clock.sleep(50, leaving.signal)).toBe('aborted')
    release()
    await settled()
    expect(clock.now()).toBe(0)
  })

  it('never moves while I/O is open, and gives the same times again, for any mixture', async () => {
    const job = fc.record({
      sleeps: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 }),
      io: fc.constantFrom('none', 'immediate', 'parked'),
      park: fc.integer({ min: 0, max: 100 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 6 }), async jobs => {
        expect(await play(jobs)).toEqual(await play(jobs))
      }),
      { numRuns: 60 },
    )
  })

  type Job = { sleeps: number[]; io: string; park: number }
  const play = async (jobs: readonly Job[]): Promise<string[]> => {
    const clock = createVirtualClock({ start: 0, pace: 'instant' })
    const log: string[] = []
    await Promise.all(
      jobs.map(async ({ sleeps, io, park }, index) => {
        for (const ms of sleeps) {
          await clock.sleep(ms)
          const before = clock.now()
          if (io === 'immediate') {
            await clock.io(new Promise(resolve => setImmediate(resolve)))
            expect(clock.now()).toBe(before)
          }
          if (io === 'parked') {
            await clock.io(clock.park(before + park, { key: String(index) }))
            expect(clock.now()).toBe(before + park)
          }
          log.push(`${index}@${clock.now()}`)
        }
      }),
    )
    return log
  }
})

describe('the process', () => {
  const clockModule = fileURLToPath(new URL('../../src/drill/clock.ts', import.meta.url))
  const run = (body: string) =>
    spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        `import { createVirtualClock } from ${JSON.stringify(clockModule)}
        const clock = createVirtualClock({ start: 0, pace: 'instant' })
        ${body}`,
      ],
      { encoding: 'utf8', timeout: 20_000 },
    )

  it('lives while a timer waits', () => {
    expect(run('clock.sleep(3600000).then(() => console.log("woke"))').stdout).toBe('woke\n')
  })

  it('ends after stop, although something still sleeps behind open I/O', () => {
    const ended = run('void clock.io(new Promise(() => {})); void clock.sleep(5); clock.stop()')
    expect(ended.status).not.toBeNull()
    expect(ended.signal).toBeNull()
  })
})

describe('the paced clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  /** The virtual time at which it woke, each time that it did. */
  const wakes = (clock: VirtualClock, sleep: Promise<unknown>): number[] => {
    const woken: number[] = []
    void sleep.then(() => woken.push(clock.now()))
    return woken
  }

  it('runs at the given multiple of real time', async () => {
    const clock = createVirtualClock({ start: 0, pace: 100 })
    const woken = wakes(clock, clock.sleep(5_000))
    await vi.advanceTimersByTimeAsync(49)
    expect(clock.now()).toBe(4_900)
    expect(woken).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(woken).toEqual([5_000])
    clock.stop()
  })

  it('does not count the short real time of a round trip', async () => {
    const clock = createVirtualClock({ start: 0, pace: 1_000 })
    const trip = clock.io(new Promise(resolve => setTimeout(resolve, 100)))
    await vi.advanceTimersByTimeAsync(100)
    await trip
    expect(clock.now()).toBe(0)
    clock.stop()
  })

  it('does not wait for ever for what a person takes long to answer', async () => {
    const clock = createVirtualClock({ start: 0, pace: 100 })
    const release = clock.hold()
    const woken = wakes(clock, clock.sleep(1_000))
    await vi.advanceTimersByTimeAsync(1_009) // it is held for a second
    expect(woken).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(woken).toEqual([1_000])
    release()
    clock.stop()
  })

  it('parks a reply until its virtual time', async () => {
    const clock = createVirtualClock({ start: 0, pace: 50 })
    const woken = wakes(clock, clock.io(clock.park(2_000)))
    await vi.advanceTimersByTimeAsync(39)
    expect(woken).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(woken).toEqual([2_000])
    clock.stop()
  })
})
