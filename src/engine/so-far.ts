// A visit may take several plans, one after the other, each agreed to by itself. What the earlier ones came to
// stays with the frame until the visit ends.

import { isJsonObject, type Json } from '../domain/json.js'
import type { Frame, SoFar } from './state.js'

/** Plans of the present visit that were applied before the one at hand. */
export const plansBefore = ({ soFar }: Pick<Frame, 'soFar'>): number => soFar?.plans ?? 0

/** The frame, with one more plan of its visit applied. */
export const remembered = (frame: Frame, done: Done): Frame => ({
  ...frame,
  soFar: { plans: plansBefore(frame) + 1, ...inAll(frame, done) },
})

type Done = Omit<SoFar, 'plans'>

/** What the visit came to in all, by what its last plan came to. Lists are joined; of anything else the latest stands. */
export const inAll = ({ soFar }: Pick<Frame, 'soFar'>, { output, summary }: Done): Done =>
  soFar
    ? { output: joined(soFar.output, output), summary: `${soFar.summary}; ${summary}` }
    : { output, summary }

const joined = (before: Json, now: Json): Json => {
  if (Array.isArray(before) && Array.isArray(now)) return [...before, ...now]
  if (!isJsonObject(before) || !isJsonObject(now)) return now ?? before
  const both = Object.entries(now).map(([key, value]) => [key, joined(before[key] ?? null, value)] as const)
  return { ...before, ...Object.fromEntries(both) }
}

/** The frame as it is where a visit begins or ends. */
export const withoutSoFar = (frame: Frame): Frame => {
  if (frame.soFar === undefined) return frame
  const { soFar: _, ...rest } = frame
  return rest
}
