import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { OwnerMark } from '../domain/event.js'
import { type Instant, toInstant } from '../domain/instant.js'
import { fail, ok, type Result } from '../domain/result.js'
import { type Holder, holderSchema, holderWords, isDead, self } from './ownership/holder.js'
import { readLastKey, writeLastKey } from './ownership/last-key.js'
import { succeed, textOf, type Verdict } from './ownership/succession.js'

const ownerSchema = holderSchema.extend({
  /** Rises with each owner and is never given out twice: the record stays when it is released. */
  fence: z.int().default(0),
  since: z.string().default(''),
  released: z.literal(true).optional(),
})
export type Owner = z.output<typeof ownerSchema>

/** The right to work on an incident, for as long as nobody takes it over. */
export type Ownership = {
  readonly mark: OwnerMark
  /** Read from the file, at once: nothing may happen between this and what it allows. Its failure says who has it now. */
  readonly holds: () => Result<null>
  /** A key was pressed: whoever takes over wants to know when somebody last was there. */
  readonly pressed: () => void
  readonly lastKey: () => Instant | undefined
  /** Lets go of it, if it is still ours. */
  readonly release: () => Promise<void>
}

export type From = OwnerMark & { readonly lastKey?: Instant }

/** Takes an incident that nobody works on. A dead owner is nobody. Of several that try at once, one gets it. */
export const claim = async (file: string, incident: string): Promise<Result<Ownership>> => {
  const taken = await follow(file, incident, false)
  return taken.ok ? ok(taken.value.ownership) : taken
}

/** Takes it also from a living owner, who then holds it no longer. `from` is absent where nobody worked on it. */
export const take = (file: string, incident: string): Promise<Result<Taken>> => follow(file, incident, true)

/** Words for who works on an incident now; undefined for nobody. */
export const ownerOf = async (file: string): Promise<string | undefined> => {
  const owner = parse(await textOf(file))
  return owner && !(await isFree(owner, true)) ? holderWords(owner) : undefined
}

export type Taken = { readonly ownership: Ownership; readonly from?: From }

const follow = async (file: string, incident: string, overLiving: boolean): Promise<Result<Taken>> => {
  try {
    const me = await self()
    let from: Owner | undefined
    const won = await succeed(file, async (record, inPlace): Promise<Verdict<Owner>> => {
      const last = parse(record)
      const free = last === undefined || (await isFree(last, inPlace))
      if (!free && !(overLiving && inPlace)) return { held: last }
      if (inPlace) from = free ? undefined : last
      const fence = (last?.fence ?? 0) + 1
      return { next: textFor({ ...me, fence, since: toInstant(Date.now()) }) }
    })
    if ('held' in won) return owned(incident, won.held)
    const ownership = ownershipOf(file, incident, won.next)
    return ok({ ownership, ...(from ? { from: { ...markOf(from), ...keyOf(file, from.fence) } } : {}) })
  } catch (error) {
    return fail('state.unwritable', `${file}: ${String(error)}`, 'give another folder with --state')
  }
}

const owned = (incident: string, owner: Holder): Result<never> =>
  fail(
    'incident.owned',
    `${incident} is being worked on by ${holderWords(owner)}`,
    `pause it there first (Ctrl-C), or take it over: \`firebreak take ${incident}\``,
  )

/** Whoever is letting go but has not yet is still at it. */
const isFree = async (owner: Owner, inPlace: boolean): Promise<boolean> =>
  (inPlace && owner.released === true) || isDead(owner)

const textFor = (owner: Owner): string => `${JSON.stringify(owner)}\n`

const markOf = ({ host, pid, fence }: Owner): OwnerMark => ({ host, pid, fence })

const keyOf = (file: string, fence: number): { readonly lastKey?: Instant } => {
  const lastKey = readLastKey(file, fence)
  return lastKey === undefined ? {} : { lastKey }
}

/** A key that is held down is one. */
const KEY_MS = 1_000

const ownershipOf = (file: string, incident: string, text: string): Ownership => {
  const owner = parse(text)
  if (!owner) throw new Error('the record of an owner that was just written cannot be read')
  const holds = (): Result<null> => {
    const now = textNow(file)
    return now === text ? ok(null) : lost(incident, parse(now))
  }
  let noted = Number.NEGATIVE_INFINITY
  return {
    mark: markOf(owner),
    holds,
    pressed: () => {
      if (performance.now() - noted < KEY_MS || !holds().ok) return
      noted = performance.now()
      writeLastKey(file, owner.fence)
    },
    lastKey: () => readLastKey(file, owner.fence),
    release: async () => {
      const leave = async (record: string | undefined, inPlace: boolean): Promise<Verdict<null>> =>
        inPlace && record === text ? { next: textFor({ ...owner, released: true }) } : { held: null }
      await succeed(file, leave).catch(() => {}) // its folder is gone: so is this process soon, and a dead owner is nobody
    },
  }
}

const lost = (incident: string, owner: Owner | undefined): Result<never> => {
  const who = owner ? `by ${holderWords(owner)} at ${owner.since}` : 'by somebody who left no record'
  return fail(
    'incident.lost',
    `${incident} was taken over ${who}`,
    `nothing more is written or sent from here; \`firebreak status ${incident}\` shows how it goes on`,
  )
}

/** Undefined where it cannot be read: what cannot be proved does not hold. */
const textNow = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Undefined where it is no record of an owner: then nobody can be behind it. */
const parse = (text: string | undefined): Owner | undefined => {
  try {
    return text === undefined ? undefined : ownerSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
