import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Drill, startDrill } from '../../src/drill/drill.js'
import type { Scenario } from '../../src/drill/scenario.js'
import { fleet, scenario } from './story.js'

export type Running = { readonly drill: Drill; readonly dir: string }

/** A drill in a folder of its own, or in one where a drill was before. */
export const startRunning = async (options: {
  readonly seed?: number
  readonly scenario?: Scenario
  readonly dir?: string
  readonly resumeAt?: number
}): Promise<Running> => {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'firebreak-test-'))
  const started = await startDrill({
    dir,
    seed: options.seed ?? 1,
    scenario: options.scenario ?? scenario,
    fleet,
    pace: 'instant',
    ...(options.resumeAt === undefined ? {} : { resumeAt: options.resumeAt }),
  })
  if (!started.ok) throw new Error(started.failure.message)
  return { drill: started.value, dir }
}

export const stopRunning = async ({ drill, dir }: Running): Promise<void> => {
  await drill.stop()
  rmSync(dir, { recursive: true, force: true })
}

export const linesOf = (dir: string, log: 'world' | 'endpoint'): Record<string, unknown>[] =>
  readFileSync(join(dir, `${log}.log`), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))

export const pathOf = (drill: Drill, url: string): string => {
  const resolved = drill.resolve(url)
  if (!resolved.ok) throw new Error(resolved.failure.message)
  return resolved.value.path
}

/** Sends that text and gives all that comes until the server closes; `refused` where nobody listens. */
export const talk = (drill: Drill, url: string, text: string): Promise<string> =>
  drill.clock.io(talkTo(pathOf(drill, url), text))

export const talkTo = (path: string, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(path)
    socket.on('connect', () => socket.write(text))
    socket.on('data', chunk => {
      answer += chunk.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? resolve('refused') : reject(error),
    )
  })
