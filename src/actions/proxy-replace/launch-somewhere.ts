import type { Json } from '../../domain/json.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Apply } from '../contract.js'
import { launchedInstance } from '../proxy-life/launch.js'
import type { Slot } from './changes.js'

/**
 * The first place that has one. No capacity is a reason to try the next place at once, not to wait; a quota is the
 * account's, for a family of types, and no other place of that family is tried. After anything else nothing more is
 * launched: what is in doubt has been looked up by then, and might be there.
 */
export const launchSomewhere = async (
  { launch, launchKey }: Slot,
  /** Families whose quota is used up: remembered from one launch to the next. */
  spent: Set<string>,
  ctx: Apply,
): Promise<Result<string>> => {
  const { cluster, launch_template, subnets, instance_types, tags } = launch
  const places = instance_types.flatMap(instance_type => subnets.map(subnet => ({ subnet, instance_type })))
  let last: Result<never> | undefined
  for (const place of places) {
    if (spent.has(familyOf(place.instance_type))) continue
    const launched = await ctx.op({
      kind: 'launch',
      key: `${launchKey}-${place.subnet}-${place.instance_type}`,
      target: cluster,
      args: { cluster, launch_template, tags, ...place },
    })
    if (launched.ok) return instanceOf(launched.value)
    last = launched
    const { code } = launched.failure
    if (code === 'ec2.quota') spent.add(familyOf(place.instance_type))
    else if (code !== 'ec2.capacity') return launched
  }
  return last ?? nowhere([...spent])
}

/** `c7i` of `c7i.large`. */
export const familyOf = (type: string): string => type.slice(0, type.indexOf('.'))

export const instanceOf = (launched: Json): Result<string> => {
  const instance = launchedInstance(launched)
  return instance === undefined
    ? fail(
        'op.in-doubt',
        'a proxy was launched, and nobody knows which instance it is',
        'find it by the tag firebreak:op of this incident, park it, then visit the step again',
      )
    : ok(instance)
}

const nowhere = (spent: readonly string[]): Result<never> =>
  fail(
    'ec2.quota',
    `the quota of ${spent.join(', ')} is used up, and the fleet file names no other family`,
    'have the quota raised, or add a type of another family to `instance_types`',
  )
