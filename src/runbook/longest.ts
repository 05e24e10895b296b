import { parseDuration } from '../domain/duration.js'

/** The longest time that a runbook can name. Beyond what a date can hold, a timer could not even be set. */
export const LONGEST = '720h'
export const LONGEST_MS = parseDuration(LONGEST) ?? 0
