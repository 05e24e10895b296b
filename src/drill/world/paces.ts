// How fast those who have connections come and go. Milliseconds.

export const HALF_LIFE_MS = {
  /** Clients hold their pools open: where no new ones are accepted, live sessions leave slowly. */
  client: 600_000,
  /** Who floods opens a connection, holds it for about a minute, and opens another. */
  flood: 60_000,
} as const

/** Clients take so long to come, once there is something to come to. */
export const COMING_MS = { from: 0, to: 60_000 } as const
