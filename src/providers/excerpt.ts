const LONGEST = 200

/** The start of what a server said, on one line and without control characters: safe to show on a terminal. */
export const excerpt = (reply: string): string => {
  const line = reply
    .slice(0, 4 * LONGEST)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
