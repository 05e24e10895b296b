import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileOf, incidentsOf, linesIn, type Machine, newMachine, start } from './firebreak.js'

/** A point in a drill: when that many whole lines stand in that file of the incident. */
export type Moment = {
  readonly file: 'journal.jsonl' | 'world.log' | 'endpoint.log'
  readonly lines: number
}

const PATIENCE_MS = 20_000
const TRIES = 5

/** Waits for that moment, or for the end. A drill writes a line every few milliseconds. */
export const reached = async (
  machine: Machine,
  { file, lines }: Moment,
  isOver: () => boolean = () => false,
): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  while (!isOver() && countLines(machine, file) < lines) {
    if (performance.now() > deadline) throw new Error(`${file} never had ${lines} lines`)
    await pause(1)
  }
}

export type Interrupted = {
  /** It was over before the signal came: on a busy machine the last moments are too short to be caught. */
  readonly late: boolean
  readonly code: number | undefined
  readonly stdout: string
}

/** Starts the program and sends it the signal at that moment. */
const interrupt = async (
  machine: Machine,
  args: readonly string[],
  moment: Moment,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<Interrupted> => {
  const child = start(machine, args)
  let ended = false
  const end = child.finally(() => {
    ended = true
  })
  await reached(machine, moment, () => ended)
  if (!ended) child.kill(signal)
  const { exitCode, signal: by, stdout } = await end
  return { late: by !== 'SIGKILL' && exitCode === 0, code: exitCode, stdout: String(stdout) }
}

/** A drill that was caught by the signal at that moment, on a machine of its own. */
export const interrupted = async (
  args: readonly string[],
  moment: Moment,
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<Interrupted & { readonly machine: Machine }> => {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const machine = newMachine()
    const end = await interrupt(machine, args, moment, signal)
    if (!end.late) return { machine, ...end }
  }
  throw new Error(`a drill was over ${TRIES} times before ${moment.file} was seen with ${moment.lines} lines`)
}

const countLines = (machine: Machine, name: string): number => {
  if (!existsSync(path.join(machine.state, 'incidents'))) return 0
  const [id] = incidentsOf(machine)
  if (id === undefined) return 0
  const file = fileOf(machine, id, name)
  return existsSync(file) ? linesIn(readFileSync(file, 'utf8')).length : 0
}
