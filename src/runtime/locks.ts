import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { fail, ok, type Result } from '../domain/result.js'
import type { Ownership } from './owner.js'
import { type Holder, holderSchema, holderWords, isDead, self } from './ownership/holder.js'
import { succeed, textOf, type Verdict, vacate } from './ownership/succession.js'

/** What no two incidents of one fleet may change at once. */
export type Locks = {
  /** All or none. Resolves to those that were not held before, in the order in which they were taken. */
  readonly acquire: (resources: readonly string[]) => Promise<Result<readonly string[]>>
  /** Lets go of every lock of this incident; resolves to them. */
  readonly releaseAll: () => Promise<readonly string[]>
}

export type LocksOptions = {
  /** One file per resource, of one fleet: made where it is missing. */
  readonly dir: string
  readonly incident: string
  readonly ownership: Pick<Ownership, 'mark' | 'holds'>
}

/** Of a run that changes nothing: it needs none. */
export const NO_LOCKS: Locks = { acquire: async () => ok([]), releaseAll: async () => [] }

/** The locks of one incident. Those that an earlier owner of the same incident left are its own. */
export const createLocks = (options: LocksOptions): Locks => ({
  acquire: async resources => {
    const held = options.ownership.holds()
    if (!held.ok) return held
    if (resources.length === 0) return ok([])
    try {
      await mkdir(options.dir, { recursive: true, mode: 0o700 })
      return await acquireAll(options, [...new Set(resources)].sort())
    } catch (error) {
      return fail('state.unwritable', `${options.dir}: ${String(error)}`, 'give another folder with --state')
    }
  },
  releaseAll: async () => {
    // Whoever took the incident over goes on under these locks.
    if (!options.ownership.holds().ok) return []
    const files = await readdir(options.dir).catch(() => []) // no folder: nothing was ever locked
    const released: string[] = []
    for (const file of files.filter(name => name.endsWith(SUFFIX)).sort()) {
      const resource = await letGo(options, path.join(options.dir, file)).catch(() => undefined) // a dead one is free
      if (resource !== undefined) released.push(resource)
    }
    return released.sort()
  },
})

const lockSchema = holderSchema.extend({
  incident: z.string(),
  resource: z.string(),
  fence: z.int(),
  /** Makes each taking another one. */
  id: z.string(),
})
type Lock = z.output<typeof lockSchema>

const SUFFIX = '.lock'

/** A short resource is readable in its folder; a file name has an end. */
const fileFor = (dir: string, resource: string): string => {
  const name = encodeURIComponent(resource)
  const short = name.length <= 150 ? name : createHash('sha256').update(resource).digest('hex')
  return path.join(dir, `${short}${SUFFIX}`)
}

/** In one order for everybody, so that two who want the same two cannot wait for each other. */
const acquireAll = async (
  options: LocksOptions,
  resources: readonly string[],
): Promise<Result<readonly string[]>> => {
  const me = await self()
  const taken: string[] = []
  for (const resource of resources) {
    const got = await acquireOne(options, me, resource)
    if (got.ok && got.value) taken.push(resource)
    if (got.ok) continue
    for (const before of taken) await letGo(options, fileFor(options.dir, before))
    return got
  }
  return ok(taken)
}

/** An earlier owner of this incident that is just letting go of it, or getting it, is waited for. */
const TRIES = 100
const BETWEEN_MS = 10

/** False: it was held already. */
const acquireOne = async (options: LocksOptions, me: Holder, resource: string): Promise<Result<boolean>> => {
  const { incident, ownership } = options
  const mine: Lock = { ...me, incident, resource, fence: ownership.mark.fence, id: randomUUID() }
  const judge = judgeFor(mine)
  for (let tries = 1; ; tries += 1) {
    const won = await succeed(fileFor(options.dir, resource), judge)
    if ('next' in won) return ok(true)
    const { held } = won
    if (isSame(held, mine)) return ok(false)
    const passing = held.incident === incident && held.fence < mine.fence
    if (!passing || tries === TRIES) return refuse(held)
    await pause(BETWEEN_MS)
  }
}

const judgeFor =
  (mine: Lock) =>
  async (record: string | undefined, inPlace: boolean): Promise<Verdict<Lock>> => {
    const lock = parse(record)
    const inherited = lock !== undefined && inPlace && isEarlier(lock, mine)
    const free = lock === undefined || inherited || (!isSame(lock, mine) && (await isDead(lock)))
    return free ? { next: textFor(mine) } : { held: lock }
  }

const isEarlier = (lock: Lock, mine: Lock): boolean =>
  lock.incident === mine.incident && lock.fence < mine.fence

const isSame = (lock: Lock, mine: Lock): boolean => lock.incident === mine.incident && lock.fence === mine.fence

const refuse = ({ resource, incident, ...holder }: Lock): Result<never> =>
  fail(
    'lock.held',
    `${resource} is being worked on under ${incident}, by ${holderWords(holder)}`,
    `two incidents would undo each other there: wait until ${incident} ends or is paused, or join it; \`firebreak status ${incident}\` shows where it stands`,
  )

const letGo = async ({ incident, ownership }: LocksOptions, file: string): Promise<string | undefined> => {
  const record = await textOf(file)
  const lock = parse(record)
  if (record === undefined || lock?.incident !== incident || lock.fence > ownership.mark.fence) return undefined
  const leaving = textFor({ ...lock, ...(await self()), id: randomUUID() })
  return (await vacate(file, record, leaving)) ? lock.resource : undefined
}

const textFor = (lock: Lock): string => `${JSON.stringify(lock)}\n`

/** Undefined where it is no record of a lock: then nobody can be behind it. */
const parse = (text: string | undefined): Lock | undefined => {
  try {
    return text === undefined ? undefined : lockSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
