import { open, rm, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { createSystemClock } from '../../runtime/system-clock.js'
import { inTime } from '../support/in-time.js'
import { makeDirs, reasonOf } from '../support/state.js'
import type { Examination, Finding } from './contract.js'

/** Where journals are: nothing is done in an incident that could not be written down first. */
export const stateRows: Examination = {
  name: 'state folder',
  examine: async ({ state }) => {
    const looked = examineFolder(state).catch((error: unknown): readonly Finding[] => [
      {
        state: 'fail',
        target: state,
        detail: `it cannot be written to: ${reasonOf(error)}`,
        next: 'name another folder with --state',
      },
    ])
    return inTime(createSystemClock(), looked, [hangs(state)])
  },
}

const hangs = (target: string): Finding => ({
  state: 'fail',
  hangs: true,
  target,
  detail: 'the disk does not answer',
  next: 'name a folder on another disk with --state',
})

const examineFolder = async (target: string): Promise<readonly Finding[]> => {
  await makeDirs(target)
  const [{ mode }, free, ms] = await Promise.all([stat(target), freeBytes(target), syncMs(target)])
  const complaints = [...modeRows(target, mode), ...spaceRows(target, free), ...speedRows(target, ms)]
  if (complaints.length > 0) return complaints
  return [
    { state: 'ok', target, detail: `written and synced in ${Math.ceil(ms)} ms, ${megabytes(free)} MiB free` },
  ]
}

const freeBytes = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** As every step is written: some bytes, and `fdatasync`. In milliseconds. */
const syncMs = async (folder: string): Promise<number> => {
  const file = path.join(folder, `.doctor-${process.pid}`)
  const handle = await open(file, 'wx', 0o600)
  try {
    const start = performance.now()
    await handle.write('{}\n')
    await handle.datasync()
    return performance.now() - start
  } finally {
    await handle.close()
    await rm(file, { force: true })
  }
}

const OTHERS = 0o077

const modeRows = (target: string, mode: number): readonly Finding[] =>
  (mode & OTHERS) === 0
    ? []
    : [
        {
          state: 'warn',
          target,
          detail: `others may read it (mode ${(mode & 0o777).toString(8)}): what firebreak writes there is for its owner`,
          next: `chmod 700 ${target}`,
        },
      ]

const MIB = 1024 * 1024
const megabytes = (bytes: number): number => Math.floor(bytes / MIB)
const SCARCE_MIB = 100
const TOO_LITTLE_MIB = 10

const spaceRows = (target: string, free: number): readonly Finding[] => {
  const left = megabytes(free)
  if (left >= SCARCE_MIB) return []
  return [
    {
      state: left < TOO_LITTLE_MIB ? 'fail' : 'warn',
      target,
      detail: `only ${left} MiB are free; where a journal cannot be written, everything stops`,
      next: 'free some space, or name a folder on another disk with --state',
    },
  ]
}

/** Each op waits for the disk twice. */
const SLOW_MS = 1_000

const speedRows = (target: string, ms: number): readonly Finding[] =>
  ms < SLOW_MS
    ? []
    : [
        {
          state: 'warn',
          target,
          detail: `the disk takes ${Math.ceil(ms)} ms to keep a line, and every operation waits for it`,
          next: 'name a folder on another disk with --state',
        },
      ]
