import { type ChildProcess, fork } from 'node:child_process'
import { failure, type Result } from '../../../domain/result.js'
import type { Played } from '../../../testing/verdict.js'
import type { Job } from './play-case.js'
import type { Order, Reply } from './worker.js'

/** The hidden command that a player process runs. */
const WORKER = 'play-cases'

/** Real time for one case: on the virtual clock it takes less than a second, and a mutant may never end. */
const PATIENCE_MS = 60_000

export type Pool = {
  /** In turn, on whichever process is free. */
  readonly play: (job: Job) => Promise<Result<Played>>
  readonly close: () => void
}

/** So many processes of this program that play cases side by side. */
export const createPool = (size: number): Pool => {
  const idle: ChildProcess[] = []
  const waiting: ((child: ChildProcess) => void)[] = []
  const all = new Set<ChildProcess>()

  const hire = (): ChildProcess => {
    const child = fork(process.argv[1] ?? '', [WORKER], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    all.add(child)
    return child
  }
  const take = (): Promise<ChildProcess> => {
    const free = idle.pop() ?? (all.size < size ? hire() : undefined)
    return free ? Promise.resolve(free) : new Promise(resolve => waiting.push(resolve))
  }
  const giveBack = (child: ChildProcess): void => {
    const next = waiting.shift()
    if (next) next(child)
    else idle.push(child)
  }
  const replace = (child: ChildProcess): void => {
    all.delete(child)
    child.kill('SIGKILL')
    const next = waiting.shift()
    if (next) next(hire())
  }

  return {
    play: async job => {
      const child = await take()
      const result = await ask(child, job)
      if (result === 'gone') {
        replace(child)
        return {
          ok: false,
          failure: failure('case.hung', `it did not end within ${PATIENCE_MS / 1_000} s`, HUNG),
        }
      }
      giveBack(child)
      return result
    },
    close: () => {
      for (const child of all) if (child.connected) child.disconnect()
    },
  }
}

const HUNG = 'look for a circle in the runbook that nothing slows down'

const ask = (child: ChildProcess, job: Job): Promise<Result<Played> | 'gone'> =>
  new Promise(resolve => {
    const done = (how: Result<Played> | 'gone') => {
      clearTimeout(timer)
      child.off('message', heard)
      child.off('exit', gone)
      resolve(how)
    }
    const heard = ({ result }: Reply) => done(result)
    const gone = () => done('gone')
    const timer = setTimeout(gone, PATIENCE_MS)
    child.on('message', heard)
    child.on('exit', gone)
    child.send({ job } satisfies Order)
  })
