import * as z from 'zod'
import { parseDuration } from '../../domain/duration.js'
import type { Json } from '../../domain/json.js'
import type { Change, Plan } from '../../domain/plan.js'
import { type Denial, denialSchema, readScope, resourceOf, scopeWords } from '../ip-filter/denial.js'

/** A change for each place: what is denied there, and for how long. */
export const changeOf = ({ filter, cluster, place, scope, prefixes }: Denial, ttl: number): Change => ({
  verb: 'deny',
  resource: resourceOf(place),
  before: { filter, cluster, place },
  after: { addresses: [...prefixes], on: scopeWords(scope), for: timeWords(ttl) },
})

/** Exact to the second, because it is read back. */
const timeWords = (ttl: number): string =>
  ttl % 60_000 === 0 ? `${ttl / 60_000}m` : `${Math.ceil(ttl / 1_000)}s`

const before = denialSchema.pick({ filter: true, cluster: true, place: true })
const after = z.object({ addresses: denialSchema.shape.prefixes, on: z.string(), for: z.string() })

/** An agreed plan's, read back; they were made by `changeOf`, perhaps in another process. `ttl` in milliseconds. */
export const readDenials = ({ changes }: Plan): readonly { readonly denial: Denial; readonly ttl: number }[] =>
  changes
    .filter(({ verb }) => verb === 'deny')
    .map(change => {
      const { addresses: prefixes, on, for: time } = after.parse(change.after)
      return { denial: { ...before.parse(change.before), scope: readScope(on), prefixes }, ttl: readTtl(time) }
    })

const readTtl = (text: string): number => {
  const ttl = parseDuration(text)
  if (ttl === undefined) throw new Error(`a plan with a time that is none: ${text}`)
  return ttl
}

/** Connections of those addresses are ended at that proxy. */
export const endingOf = (proxy: string, admin: string, prefixes: readonly string[]): Change => ({
  verb: 'end-connections',
  resource: proxy,
  before: { admin },
  after: { of: [...prefixes] as Json },
})

const ending = z.object({ of: denialSchema.shape.prefixes })

export const readEndings = ({ changes }: Plan) =>
  changes
    .filter(({ verb }) => verb === 'end-connections')
    .map(change => ({
      proxy: change.resource,
      admin: z.object({ admin: z.string() }).parse(change.before).admin,
      prefixes: ending.parse(change.after).of,
    }))
