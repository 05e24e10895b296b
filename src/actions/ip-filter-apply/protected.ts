import { fail, ok, type Result } from '../../domain/result.js'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { touching } from '../../fleet/addresses/touching.js'
import type { Protected } from '../../fleet/allowlist/allowlist.js'
import type { StandingAllowlist } from '../../fleet/allowlist/standing.js'
import type { Inventory, Target } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import { healthCheckersOf } from '../ip-filter/health-checkers.js'
import { addressesOf } from './target-addresses.js'

/** Everybody who is never blocked, with why; whom of them a prefix would hit; and what the allowlist among them is worth. */
export type Shield = {
  readonly hit: (prefix: Prefix) => readonly Protected[]
  readonly allowlist: StandingAllowlist
}

/**
 * The allowlist's, the fleet's own, those who look after its health, the operator's and this machine's. Where one of
 * these cannot be found out, nobody is blocked: a filter that hits it could not be taken away, or hits a customer.
 */
export const shieldFrom = async (
  operator: string | undefined,
  known: Inventory,
  look: Look,
): Promise<Result<Shield>> => {
  const allowlist = await look.allowlist()
  if (!allowlist.ok) return allowlist
  const own = await fleetsOwn(known, look)
  if (!own.ok) return own
  const ours = operatorsOwn(operator, look)
  if (!ours.ok) return ours
  const checkers = Object.values(look.fleet.clusters).flatMap(healthCheckersOf)
  const kept = [...allowlist.value.allowlist.entries, ...own.value, ...checkers, ...ours.value]
  return ok({ hit: touching(kept), allowlist: allowlist.value })
}

/** `known`: what was found of it a moment ago, and need not be asked for again. */
const fleetsOwn = async (known: Inventory, look: Look): Promise<Result<readonly Protected[]>> => {
  const groups = Object.values(look.fleet.clusters).flatMap(({ name, shards }) => [
    { name, role: 'proxy' as const },
    ...(shards ? [{ name, role: 'shard' as const }] : []),
  ])
  const found = await Promise.all(
    groups.map(({ name, role }) =>
      name === known.cluster && role === known.role ? ok(known) : look.discover(name, role),
    ),
  )
  const own: Protected[] = []
  for (const inventory of found) {
    if (!inventory.ok)
      return fail(
        'plan.impossible',
        `the fleet's own addresses are not all known, and a filter might hit one: ${inventory.failure.message}`,
        inventory.failure.next,
      )
    own.push(...inventory.value.targets.flatMap(protectedOf))
  }
  return ok(own)
}

const protectedOf = (target: Target): readonly Protected[] =>
  addressesOf(target).map(prefix => ({ prefix, name: `the fleet's own ${target.id}`, at: target.cluster }))

/** In the place of an address: the one that SSH_CONNECTION says. */
const BY_SSH = 'ssh'

const operatorsOwn = (said: string | undefined, { standpoint }: Look): Result<readonly Protected[]> => {
  const written = said === undefined || said === BY_SSH ? standpoint.operator : said.trim()
  if (written === undefined)
    return fail(
      'input.missing',
      'nobody knows from which address you come (SSH_CONNECTION is not set), and the filter might hit you',
      'give it as `operator`: the address that others see of you; of this machine, where you sit at it',
    )
  const operator = parsePrefix(written)
  if (!operator.ok) return operator
  const here = standpoint.here.map(parsePrefix).flatMap(read => (read.ok ? [read.value.prefix] : []))
  return ok([
    { prefix: operator.value.prefix, name: 'the operator', at: 'operator' },
    ...here.map(prefix => ({ prefix, name: 'this machine', at: 'this machine' })),
  ])
}
