import { toInstant } from '../../domain/instant.js'
import type { Triage } from './contract.js'

/** What `triage --json` prints. Keys are only ever added while `v` is 1. */
export const documentOf = ({ at, fleet, warnings, clusters }: Triage) => ({
  v: 1,
  at: toInstant(at),
  fleet,
  warnings,
  clusters: clusters.map(({ inventory, ...cluster }) => ({
    ...cluster,
    ...(inventory === undefined ? {} : { inventory: { ...inventory, at: toInstant(inventory.at) } }),
  })),
})
