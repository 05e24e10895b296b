import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { claim } from '../../src/runtime/owner.js'
import { okOf } from '../engine/results.js'

const PROGRAM = fileURLToPath(new URL('./racer.ts', import.meta.url))
const ROUNDS = 200
/** A moment that both have heard of before it comes. */
const AHEAD_MS = 3

type Racer = {
  readonly child: ChildProcess
  readonly ask: (line: string) => Promise<string>
}

let dir: string
let racers: readonly [Racer, Racer]
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'fb-race-'))
  racers = await Promise.all([startRacer('a'), startRacer('b')])
})
afterAll(() => {
  for (const { child } of racers) child.kill('SIGKILL')
  rmSync(dir, { recursive: true })
})

const startRacer = async (name: string): Promise<Racer> => {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, dir, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  expect(await next()).toBe('ready')
  return {
    child,
    ask: line => {
      child.stdin.write(`${line}\n`)
      return next()
    },
  }
}

const both = (line: string): Promise<string[]> => Promise.all(racers.map(({ ask }) => ask(line)))

/** Who won each round: `a`, `b`, `ab` or nobody. */
const race = async (what: string, before = async (_round: string) => {}): Promise<string[]> => {
  const winners: string[] = []
  for (let number = 1; number <= ROUNDS; number += 1) {
    const round = `${what}-${number}`
    await before(round)
    const got = await both(`${what} ${round} ${Date.now() + AHEAD_MS}`)
    const said = what === 'take' ? await both('holds') : got
    winners.push(['a', 'b'].filter((_, index) => said[index] === 'won').join(''))
    await both('let-go')
  }
  return winners
}

const isOne = (winner: string): boolean => winner.length === 1

it('of two processes that claim one incident, one gets it, and each gets it sometimes', async () => {
  const winners = await race('claim')
  expect(winners.filter(winner => !isOne(winner))).toEqual([])
  expect([...new Set(winners)].sort()).toEqual(['a', 'b'])
})

it('of two processes that want the same locks, one gets them all, and each gets them sometimes', async () => {
  const winners = await race('lock')
  expect(winners.filter(winner => !isOne(winner))).toEqual([])
  expect([...new Set(winners)].sort()).toEqual(['a', 'b'])
})

it('of two processes that take an incident over from a living one, one has it in the end', async () => {
  const winners = await race('take', async round => {
    okOf(await claim(path.join(dir, `owner-${round}.json`), 'i-1'))
  })
  expect(winners.filter(winner => !isOne(winner))).toEqual([])
  expect([...new Set(winners)].sort()).toEqual(['a', 'b'])
})
