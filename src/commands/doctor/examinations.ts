import { clockRows } from './clock.js'
import type { Examination } from './contract.js'
import { credentialRows } from './credentials.js'
import { fleetFileRows, runbookRows } from './files.js'
import { inventoryRows } from './inventory.js'
import { nodeRows } from './node.js'
import { permissionRows } from './permissions.js'
import { programRows } from './programs.js'
import { proxyRows } from './proxies.js'
import { shardRows } from './shards.js'
import { sshRows } from './ssh.js'
import { stateRows } from './state-folder.js'

/** Every row group, in the order in which they are shown. Adding one: a file here, and its line. */
export const EXAMINATIONS: readonly Examination[] = [
  fleetFileRows,
  runbookRows,
  nodeRows,
  stateRows,
  programRows,
  credentialRows,
  clockRows,
  inventoryRows,
  proxyRows,
  shardRows,
  sshRows,
  permissionRows,
]
