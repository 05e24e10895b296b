import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import * as z from 'zod'

/** A process: enough to tell one that lives from a number that was given out again. */
export const holderSchema = z.object({
  host: z.string(),
  bootId: z.string(),
  pid: z.number(),
  /** Start of the process in clock ticks since boot; empty where the system does not say. */
  start: z.string(),
})
export type Holder = z.output<typeof holderSchema>

/** This process: as long as it runs, it stays what it is. */
export const self = (): Promise<Holder> => {
  me ??= look()
  return me
}

let me: Promise<Holder> | undefined

const look = async (): Promise<Holder> => ({
  host: hostname(),
  bootId: await bootIdNow(),
  pid: process.pid,
  start: (await startOf(process.pid)) ?? '',
})

/** Only on this host, since this boot, can a pid be looked at; anywhere else it is taken to live. */
export const isDead = async ({ host, bootId, pid, start }: Holder): Promise<boolean> => {
  if (host !== hostname()) return false
  if (bootId !== (await bootIdNow())) return true
  const now = await startOf(pid)
  return now === undefined || now !== start
}

export const holderWords = ({ pid, host }: Pick<Holder, 'pid' | 'host'>): string => `process ${pid} on ${host}`

const bootIdNow = async (): Promise<string> => {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  } catch {
    return '' // no Linux: then the pid alone has to do
  }
}

/** Field 22 of `/proc/<pid>/stat`; undefined for a process that is gone, or a zombie. */
const startOf = async (pid: number): Promise<string | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ') // the name before it may hold anything
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return signalled(pid)
  }
}

const signalled = (pid: number): string | undefined => {
  try {
    process.kill(pid, 0)
    return ''
  } catch {
    return undefined
  }
}
