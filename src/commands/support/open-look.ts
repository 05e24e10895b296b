import type { Result } from '../../domain/result.js'
import { fileBaselines } from '../../fleet/baseline-store.js'
import type { Fleet } from '../../fleet/fleet.js'
import { fileInventoryStore, type InventoryStore } from '../../fleet/inventory-store.js'
import type { Look } from '../../providers/look.js'
import { createProviders } from '../../providers/providers.js'
import { verifyAccount } from './account.js'
import { BRISK_MS, briskDiscovery } from './brisk-discovery.js'
import type { Global, Io } from './io.js'
import { realSetting } from './real-session.js'
import { OUTSIDE } from './session-deps.js'
import { whoComes } from './who-comes.js'

export type OpenLook = {
  readonly look: Look
  readonly store: InventoryStore
  /** The account of the credentials, asked for once. `account.mismatch` where the fleet file names another one. */
  readonly askAccount: () => Promise<Result<string>>
  /** The same, where anybody has asked. */
  readonly account: () => Promise<Result<string>> | undefined
  readonly close: () => void
}

/**
 * A look at a real fleet outside any incident. Whose account it is, is asked with the first question to EC2, and not
 * before it: the proxies can be reached all the same, and by looking nothing is done to anybody's fleet.
 */
export const openLook = (io: Pick<Io, 'env' | 'cwd'>, global: Global, fleet: Fleet): OpenLook => {
  const setting = realSetting(io, global, fleet)
  const { clock, resolve, aws, inventory, baselines } = setting
  const providers = createProviders({
    clock,
    resolve,
    ...(aws ? { aws } : {}),
    outside: OUTSIDE,
    ...(fleet.ssh ? { ssh: fleet.ssh } : {}),
    record: () => {},
  })
  const store = fileInventoryStore(inventory)
  let account: Promise<Result<string>> | undefined
  const askAccount = () => {
    account ??= verifyAccount(fleet, providers, BRISK_MS)
    return account
  }
  const discover = briskDiscovery({ fleet, providers, account: askAccount, store, clock })
  return {
    look: {
      ...{ clock, fleet, posture: 'conservative', providers, discover },
      baselines: fileBaselines(baselines),
      ...whoComes(fleet, clock, setting),
    },
    store,
    askAccount,
    account: () => account,
    close: providers.close,
  }
}
