import type { Host } from '../../hosts/contract.js'
import { createJsonHost } from '../../hosts/json/host.js'
import { createLinesHost } from '../../hosts/lines/host.js'
import { paintFor } from '../../hosts/lines/paint.js'
import type { Io } from './io.js'

/** Prompts go to stderr, so that `| tee` hides none; a person is there when both ends of the talk are a terminal. */
export const isAttended = (io: Io, json: boolean): boolean =>
  !json && io.input.isTTY === true && io.err.isTTY === true

export const hostFor = (io: Io, json: boolean): Host =>
  json ? createJsonHost(io) : createLinesHost(io, paintFor(io.err, io.env))
