import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'vitest'

/** Process ids of the connections that are children of that process. */
export const mastersOf = async (parent: number): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async pid => ((await isMaster(pid)) && (await parentOf(pid)) === parent ? [pid] : [])),
  )
  return found.flat()
}

/** The same, of whoever keeps its sockets in that folder. */
export const mastersIn = async (folder: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async pid =>
      (await isMaster(pid)) && (await textOf(`/proc/${pid}/cmdline`)).includes(folder) ? [pid] : [],
    ),
  )
  return found.flat()
}

/** Gone, or waiting to be buried by a parent that does not look: it holds no connection either way. */
export const untilGone = async (pids: readonly number[]): Promise<void> => {
  for (const pid of pids) await expect.poll(() => isMaster(pid), { timeout: 10_000 }).toBe(false)
}

const isMaster = async (pid: number): Promise<boolean> => {
  const [program, ...args] = (await textOf(`/proc/${pid}/cmdline`)).split('\0')
  return program === 'ssh' && args.includes('-M')
}

/** After the name, which is between parentheses: the state, then the parent. */
const parentOf = async (pid: number): Promise<number> =>
  Number(/\) \S (\d+)/.exec(await textOf(`/proc/${pid}/stat`))?.[1])

const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '')
