import { ok, type Result } from '../../domain/result.js'
import { type DiscoveryTools, discover, type InstanceReader } from '../../fleet/discovery.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Inventory } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'

type Parts = Omit<DiscoveryTools, 'reader'> & {
  readonly fleet: Fleet
  readonly providers: Pick<Look['providers'], 'ec2'>
  /** Fails with `account.mismatch` where the credentials are of another account than the fleet's. */
  readonly account: () => Promise<Result<unknown>>
}

/** Of all questions to EC2 together: whoever looks at the screen at night is not kept waiting. */
export const BRISK_MS = 3_000

/**
 * Discovery for commands that must answer at once, with a saved inventory or without. Instances of another account
 * are none of this fleet: they are neither shown nor saved, and the last inventory is used in their place.
 */
export const briskDiscovery = ({ fleet, providers, account, ...tools }: Parts): Look['discover'] => {
  let end: number | undefined
  const reader = async (): Promise<Result<InstanceReader>> => {
    const ec2 = await providers.ec2()
    if (!ec2.ok) return ec2
    end ??= tools.clock.now() + BRISK_MS // from here on: loading the SDK is not EC2's fault
    const patience = Math.max(1, end - tools.clock.now())
    return ok({
      describeInstances: async query => {
        const [found, owner] = await Promise.all([
          ec2.value.describeInstances({ ...query, patience }),
          account(),
        ])
        return !owner.ok && owner.failure.code === 'account.mismatch' ? owner : found
      },
    })
  }
  const known = new Map<string, Promise<Result<Inventory>>>()
  return (cluster, role) => {
    const key = `${role} ${cluster}`
    const asked = known.get(key) ?? discover(fleet, cluster, role, { ...tools, reader })
    known.set(key, asked)
    return asked
  }
}
