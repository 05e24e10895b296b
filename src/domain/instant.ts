/** A moment as the journal writes it: ISO 8601, UTC, milliseconds. */
export type Instant = string

export const toInstant = (epochMs: number): Instant => new Date(epochMs).toISOString()

/** Milliseconds since 1970; pure, because the text says all. */
export const epochMs = (instant: Instant): number => Date.parse(instant)

/** `04:12:09`, the part of an instant that a timeline shows. */
export const clockTime = (instant: Instant): string => instant.slice(11, 19)
