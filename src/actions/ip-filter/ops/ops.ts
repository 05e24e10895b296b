import { allow } from './allow.js'
import { deny } from './deny.js'
import { endConnections } from './end-connections.js'
import { lookBack } from './look-back.js'

export const FILTER_OPS = {
  deny,
  allow,
  'look-back': lookBack,
  'end-connections': endConnections,
} as const
