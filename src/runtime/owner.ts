import { createHash, randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
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

/** Takes an incident that nobody works on. A dead owner is nobody. Of several that try at once, one gets it. */
export const claim = async (file: string, incident: string): Promise<Result<null>> => {
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, `${JSON.stringify(await self())}\n`, { mode: 0o600 })
    const living = await settle(file, draft)
    if (living === undefined) return ok(null)
    return fail(
      'incident.owned',
      `${incident} is being worked on by process ${living.pid} on ${living.host}`,
      'pause it there first (Ctrl-C); two operators in one incident would undo each other',
    )
  } catch (error) {
    return fail('state.unwritable', `${file}: ${String(error)}`, 'give another folder with --state')
  } finally {
    await rm(draft, { force: true }).catch(() => {}) // its folder may not be there either
  }
}

/** Undefined: it is ours. Else who has it. Each further round means that somebody else got a step further. */
const settle = async (file: string, draft: string): Promise<Owner | undefined> => {
  for (;;) {
    if (await linked(draft, file)) return undefined
    const before = await textOf(file)
    const found = before === undefined ? [] : await inheritFrom(before, file, draft)
    if ('pid' in found) return found
    if (found.length > 0 && (await textOf(file)) === before) {
      await rename(draft, file)
      for (const heir of found) await rm(heir, { force: true })
      return undefined
    }
    const late = found.at(-1) // the record was read too long ago: another owner stands in its place
    if (late !== undefined) await rm(late, { force: true })
  }
}

/**
 * A dead owner has one heir: a file that is named after the dead one's record can be made only once. Gives
 * whoever of the line lives; else the files of the line, the last one ours; none where it changed meanwhile.
 */
const inheritFrom = async (record: string, file: string, draft: string): Promise<Owner | readonly string[]> => {
  const heirs: string[] = []
  for (let last: string | undefined = record; last !== undefined; ) {
    const owner = parse(last)
    if (owner && !(await isDead(owner))) return owner
    const heir = `${file}.after-${fingerprint(last)}`
    heirs.push(heir)
    if (await linked(draft, heir)) return heirs
    last = await textOf(heir) // whoever died while taking over
  }
  return []
}

/** All of a file at once, or nothing: unlike a file that is opened and then written. */
const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

export const release = (file: string): Promise<void> => rm(file, { force: true })

const textOf = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })

/** Undefined where it is no record of an owner: then nobody can be behind it. */
const parse = (text: string): Owner | undefined => {
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
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
  const text = await textOf(file)
  const owner = text === undefined ? undefined : parse(text)
  return owner && !(await isDead(owner)) ? `process ${owner.pid} on ${owner.host}` : undefined
}
