import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Fleet } from './fleet.js'

/** What keeps one fleet's locks and inventories apart from another's: the account and region, else the file. */
export const fleetNamespace = (fleet: Pick<Fleet, 'account' | 'region' | 'file'>): string => {
  if (fleet.account !== undefined && fleet.region !== undefined) return `${fleet.account}-${fleet.region}`
  const file = path.resolve(fleet.file)
  return `file-${createHash('sha256').update(file).digest('hex').slice(0, 16)}`
}
