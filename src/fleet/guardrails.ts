import type { Posture } from '../domain/mode.js'
import type { PerPosture } from './fleet.js'

/** The limit of a guardrail now. A runbook may ask for a stricter one; asking for a laxer one changes nothing. */
export const limitFor = (limit: PerPosture, posture: Posture, asked?: number): number =>
  asked === undefined ? limit[posture] : Math.min(limit[posture], asked)
