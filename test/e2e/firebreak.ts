import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import pLimit from 'p-limit'
import type { Entry } from '../../src/journal/contract.js'
import { atEndOfFile } from '../leftovers.js'
import { builtProgram } from './build.js'
import { NODE } from './node.js'

/** One operator's machine: a home, a state folder and a place to stand, all empty. */
export type Machine = {
  readonly dir: string
  readonly home: string
  readonly state: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export type Options = {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Milliseconds after which it counts as hanging. */
  readonly timeout?: number
  /** A program and its first arguments, which then starts this one. */
  readonly through?: readonly string[]
}

export type Run = {
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

const program = await builtProgram()
export const PROGRAM = path.join(program, 'bin', 'firebreak.js')
export const RUNBOOKS = path.join(program, 'runbooks')
export const VERSION: string = JSON.parse(readFileSync(path.join(program, 'package.json'), 'utf8')).version

/** Gone again when the test file is over. */
export const newMachine = (): Machine => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-'))
  atEndOfFile(() => rmSync(dir, { recursive: true, force: true }))
  const [home, state, cwd, tmp] = ['home', 'state', 'work', 'tmp'].map(name => path.join(dir, name)) as [
    string,
    string,
    string,
    string,
  ]
  for (const folder of [home, cwd, tmp]) mkdirSync(folder)
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    TMPDIR: tmp, // a killed drill leaves its sockets there
    FIREBREAK_STATE: state,
    LANG: 'C.UTF-8',
  }
  return { dir, home, state, cwd, env }
}

/** Starts the program as a process of its own, with nothing of this one's environment and nothing to read. */
export const start = (machine: Machine, args: readonly string[], options: Options = {}) => {
  const [program, ...rest] = [...(options.through ?? []), ...NODE, PROGRAM, ...args]
  return execa(program ?? NODE[0], rest, {
    cwd: options.cwd ?? machine.cwd,
    env: { ...machine.env, ...options.env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeout ?? 30_000,
    killSignal: 'SIGKILL',
  })
}

/** Runs it to its end. */
export const firebreak = async (
  machine: Machine,
  args: readonly string[],
  options: Options = {},
): Promise<Run> => {
  const { exitCode, signal, stdout, stderr, durationMs, timedOut } = await start(machine, args, options)
  if (timedOut) throw new Error(`firebreak ${args.join(' ')} hangs; so far:\n${String(stderr)}`)
  return { code: exitCode, signal, stdout: String(stdout), stderr: String(stderr), ms: durationMs }
}

export const incidentsOf = (machine: Machine): string[] => readdirSync(path.join(machine.state, 'incidents'))

/** The id of the only incident there is. */
export const onlyIncident = (machine: Machine): string => {
  const ids = incidentsOf(machine)
  if (ids.length !== 1) throw new Error(`expected one incident, found ${ids.length}: ${ids.join(', ')}`)
  return ids[0] as string
}

export const fileOf = (machine: Machine, id: string, name: string): string =>
  path.join(machine.state, 'incidents', id, name)

export const textOf = (machine: Machine, id: string, name = 'journal.jsonl'): string =>
  readFileSync(fileOf(machine, id, name), 'utf8')

/** Whole lines, parsed: one that a crash tore off does not count. */
export const linesIn = (text: string): string[] => text.split('\n').slice(0, -1)

export const journalOf = (machine: Machine, id: string): Entry[] =>
  linesIn(textOf(machine, id)).map(line => JSON.parse(line) as Entry)

export type Type = Entry['type']
export type EntryOf<T extends Type> = Extract<Entry, { type: T }>

export const ofType = <T extends Type>(entries: readonly Entry[], type: T): EntryOf<T>[] =>
  entries.filter((entry): entry is EntryOf<T> => entry.type === type)

/** The one event of that type. */
export const theOnly = <T extends Type>(entries: readonly Entry[], type: T): EntryOf<T> => {
  const found = ofType(entries, type)
  if (found.length !== 1) throw new Error(`expected one ${type}, found ${found.length}`)
  return found[0] as EntryOf<T>
}

/** A request that came in at an endpoint of the simulated fleet, as the endpoint itself wrote it down. */
export type Seen = {
  readonly endpoint: string
  readonly operation: string
  readonly mutating: boolean
  readonly target: string
  readonly userAgent?: string
  readonly dryRun?: true
}

export const endpointLog = (machine: Machine, id: string): Seen[] =>
  linesIn(textOf(machine, id, 'endpoint.log')).map(line => JSON.parse(line) as Seen)

/** A change of the simulated fleet, as the world itself wrote it down. */
export type Change = {
  readonly operation: string
  readonly args: Readonly<Record<string, unknown>>
  readonly result: { readonly instances?: readonly { readonly id: string }[] } | null
}

export const worldLog = (machine: Machine, id: string): Change[] =>
  linesIn(textOf(machine, id, 'world.log')).map(line => JSON.parse(line) as Change)

export const changesBy = (changes: readonly Change[], operation: string): Change[] =>
  changes.filter(change => change.operation === operation)

/** How often each thing occurs. */
export const tallyOf = (names: Iterable<string>): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Runs the work for each item, a few at a time: a machine has few cores, and a drill uses one. */
export const sideBySide = async <T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => pLimit(width).map(items, work)
