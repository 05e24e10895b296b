import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import * as z from 'zod'
import { fail, ok, type Result } from '../domain/result.js'

/** Who works on an incident: enough to tell a process that lives from a number that was given out again. */
const ownerSchema = z.object({
  host: z.string(),
  bootId: z.string(),
  pid: z.number(),
  /** Start of the process in clock ticks since boot; empty where the system does not say. */
  start: z.string(),
})
export type Owner = z.output<typeof ownerSchema>

/** Takes an incident that nobody works on. A dead owner is nobody. */
export const claim = async (file: string, incident: string): Promise<Result<null>> => {
  const before = await readOwner(file)
  if (before && !(await isDead(before)))
    return fail(
      'incident.owned',
      `${incident} is being worked on by process ${before.pid} on ${before.host}`,
      'pause it there first (Ctrl-C); two operators in one incident would undo each other',
    )
  try {
    await writeFile(file, `${JSON.stringify(await self())}\n`, { mode: 0o600 })
    return ok(null)
  } catch (error) {
    return fail('state.unwritable', `${file}: ${String(error)}`, 'give another folder with --state')
  }
}

export const release = (file: string): Promise<void> => rm(file, { force: true })

const readOwner = async (file: string): Promise<Owner | undefined> => {
  try {
    return ownerSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data
  } catch {
    return undefined // never claimed, or half written by a process that died at it
  }
}

/** Only on this host, since this boot, can a pid be looked at; anywhere else it is taken to live. */
const isDead = async ({ host, bootId, pid, start }: Owner): Promise<boolean> => {
  if (host !== hostname()) return false
  if (bootId !== (await bootIdNow())) return true
  const now = await startOf(pid)
  return now === undefined || now !== start
}

const self = async (): Promise<Owner> => ({
  host: hostname(),
  bootId: await bootIdNow(),
  pid: process.pid,
  start: (await startOf(process.pid)) ?? '',
})

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

/** Words for who works on an incident now; undefined for nobody. */
export const ownerOf = async (file: string): Promise<string | undefined> => {
  const owner = await readOwner(file)
  return owner && !(await isDead(owner)) ? `process ${owner.pid} on ${owner.host}` : undefined
}
