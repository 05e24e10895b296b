import type { Fleet } from '../../fleet/fleet.js'
import { salvageFleet } from '../../fleet/salvage.js'
import { fleetFile, runbooksDir, SHIPPED } from '../support/definitions.js'
import type { Io } from '../support/io.js'
import type { ExpireOptions } from './contract.js'

/** What can be made of the operator's own fleet file, with mistakes or without; the one of the drills is nobody's. */
export const ownFleet = async (io: Io, options: ExpireOptions): Promise<Fleet | undefined> =>
  options.fleet === undefined && runbooksDir(io, options) === SHIPPED
    ? undefined
    : salvageFleet(fleetFile(io, options))
