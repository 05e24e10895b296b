import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import type { Failure, Result } from '../../domain/result.js'
import type { Apply, OpRequest } from '../contract.js'
import { denialAt, type Inherited, type Reach } from '../ip-filter/inherited.js'

/** A proxy that serves, and to which no client comes yet. */
export type Heir = Reach & {
  readonly instance: string
  readonly cluster: string
  readonly filters: readonly Inherited[]
}

/**
 * Puts up what each inherits, and looks whether it stands: one filter after the other, at all proxies side by side.
 * Says of those that do not have them all why not; these get none of the rest.
 */
export const putUpInherited = async (
  heirs: readonly Heir[],
  ctx: Apply,
): Promise<ReadonlyMap<string, Failure>> => {
  const failures = new Map<string, Failure>()
  const rounds = Math.max(0, ...heirs.map(({ filters }) => filters.length))
  for (let round = 0; round < rounds; round += 1) {
    const open = heirs
      .filter(({ instance }) => !failures.has(instance))
      .flatMap(heir => heir.filters.slice(round, round + 1).map(one => ({ heir, one })))
    const put = await ctx.all(open.map(denyRequest))
    note(open, put, failures)
    const up = open.filter((_, index) => stands(put[index]))
    note(up, await ctx.all(up.map(lookRequest)), failures)
  }
  return failures
}

type Wanted = { readonly heir: Heir; readonly one: Inherited }

const denyRequest = ({ heir, one }: Wanted): OpRequest => ({
  kind: 'deny',
  key: `deny-${one.filter}`,
  target: heir.instance,
  args: { ...denialAt(one, heir), until: one.until },
})

/** Unless it says that nothing was put up: where only the operator knows that it was, it is looked at all the same. */
const stands = (put: Result<Json> | undefined): boolean =>
  put?.ok === true && !nothing.safeParse(put.value).success

const nothing = z.object({ denied: z.array(z.string()).length(0) })

const lookRequest = ({ heir, one }: Wanted): OpRequest => ({
  kind: 'look-back',
  key: `look-back-${one.filter}`,
  target: heir.instance,
  // Who is kept was asked about where it was put up first.
  args: { ...denialAt(one, heir), kept: [] },
})

const note = (
  wanted: readonly Wanted[],
  results: readonly Result<Json>[],
  failures: Map<string, Failure>,
): void => {
  for (const [index, { heir, one }] of wanted.entries()) {
    const result = results[index]
    if (result && !result.ok) failures.set(heir.instance, withoutIt(one.filter, heir.instance, result.failure))
  }
}

const withoutIt = (filter: string, instance: string, why: Failure): Failure => ({
  ...why,
  message: `${filter} does not stand at ${instance}, so that no client was led to it: ${why.message}`,
  next: `${why.next}; or where ${filter} is not needed any more, take it away (\`firebreak do ip-filter.remove -w filters=${filter}\`), then visit the step again`,
})
