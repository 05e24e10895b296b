import type { FailureCode } from '../../domain/failure-codes.js'
import type { Failure, Result } from '../../domain/result.js'
import type { Apply } from '../contract.js'
import { familyOf, instanceOf } from '../proxy-replace/launch-somewhere.js'
import type { Growth } from './changes.js'

export type Launched = {
  readonly instances: readonly { readonly instance: string; readonly growth: Growth }[]
  /** One for each that could not be launched: why its last place was none. */
  readonly failures: readonly Failure[]
}

/**
 * All side by side, in rounds: who finds no capacity tries its next place in the next round, and a family whose quota
 * is used up is tried by nobody again. After any other failure nothing more is launched: it would fail the same way,
 * or is in doubt.
 */
export const launchAll = async (growth: readonly Growth[], ctx: Apply): Promise<Launched> => {
  const instances: Launched['instances'][number][] = []
  const failures: Failure[] = []
  let open = growth.map(one => ({ growth: one, places: placesOf(one) }))
  while (open.length > 0) {
    const tried = await tryAll(open, ctx)
    const lost = tried.flatMap(one => (one.result.ok ? [] : [{ ...one, failure: one.result.failure }]))
    for (const { growth: one, result } of tried)
      if (result.ok) instances.push({ instance: result.value, growth: one })
    const again = stillOpen(lost)
    failures.push(...lost.filter(one => !isAmong(again, one)).map(({ failure }) => failure))
    open = again
  }
  return { instances, failures }
}

const isAmong = (open: readonly Open[], { growth }: Open): boolean => open.some(one => one.growth === growth)

type Place = { readonly subnet: string; readonly instance_type: string }
type Open = { readonly growth: Growth; readonly places: readonly Place[] }
/** Its places are those that are left. */
type Tried = Open & { readonly at: Place; readonly result: Result<string> }
type Lost = Tried & { readonly failure: Failure }

/** A type in all zones before the next type: where there is none of it here, there is mostly some elsewhere. */
const placesOf = ({ launch: { subnets, instance_types } }: Growth): readonly Place[] =>
  instance_types.flatMap(instance_type => subnets.map(subnet => ({ subnet, instance_type })))

const tryAll = async (open: readonly Open[], ctx: Apply): Promise<readonly Tried[]> => {
  const tries = open.flatMap(({ growth, places: [at, ...places] }) => (at ? [{ growth, at, places }] : []))
  const results = await ctx.all(tries.map(({ growth, at }) => requestFor(growth, at)))
  return tries.flatMap((one, index) => {
    const launched = results[index]
    return launched ? [{ ...one, result: launched.ok ? instanceOf(launched.value) : launched }] : []
  })
}

const requestFor = ({ name, launch }: Growth, at: Place) => {
  const { cluster, launch_template, tags } = launch
  const key = `launch ${name} ${at.subnet} ${at.instance_type}`.replaceAll(' ', '-')
  return { kind: 'launch', key, target: cluster, args: { cluster, launch_template, tags, ...at } }
}

/** Failures of one place, or of one family, that say nothing of the others. */
const ELSEWHERE: ReadonlySet<FailureCode> = new Set(['ec2.capacity', 'ec2.quota'] as const)

const stillOpen = (lost: readonly Lost[]): Lost[] => {
  if (lost.some(({ failure }) => !ELSEWHERE.has(failure.code))) return []
  const used = lost.filter(({ failure }) => failure.code === 'ec2.quota')
  const spent = new Set(used.map(({ at }) => familyOf(at.instance_type)))
  return lost
    .map(one => ({ ...one, places: one.places.filter(place => !spent.has(familyOf(place.instance_type))) }))
    .filter(({ places }) => places.length > 0)
}
