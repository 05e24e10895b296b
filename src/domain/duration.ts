const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy

/** `90s`, `2m30s`, `1h` in milliseconds; undefined where the text is not a duration. */
export const parseDuration = (text: string): number | undefined => {
  if (text === '') return undefined
  let total = 0
  let end = 0
  PART.lastIndex = 0
  for (let match = PART.exec(text); match; match = PART.exec(text)) {
    total += Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] // the pattern admits only those units
    end = PART.lastIndex
    if (end === text.length) return total
  }
  return undefined
}

/** Milliseconds as an operator reads them: `0s`, `45s`, `2m 30s`, `1h 5m`. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return join(Math.floor(seconds / 60), 'm', seconds % 60, 's')
  return join(Math.floor(seconds / 3600), 'h', Math.round((seconds % 3600) / 60), 'm')
}

const join = (major: number, majorUnit: string, minor: number, minorUnit: string): string =>
  minor === 0 ? `${major}${majorUnit}` : `${major}${majorUnit} ${minor}${minorUnit}`
