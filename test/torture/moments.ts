import { createHash } from 'node:crypto'

/** `journal.jsonl:12:torn`: a line that a process writes, and when it dies there. */
export type Moment = string

/**
 * Every state in which a crash can leave the files that a resume reads: after each line of each of the two, in the
 * middle of it, and before the first. What lies between two lines of one file is a line of the other. Requests that
 * only read leave nothing behind, so that dying among them is dying after the last line.
 */
export const momentsOf = (logs: { readonly [name: string]: readonly string[] }): readonly Moment[] => [
  'journal.jsonl:1:before',
  ...Object.entries(logs).flatMap(([name, lines]) =>
    lines.flatMap((_, index) => [`${name}:${index + 1}:torn`, `${name}:${index + 1}:after`]),
  ),
]

/** Leaves out what another story has had: the same lines of that file up to there. */
export const createNovelty = () => {
  const seen = new Set<string>()
  return (logs: { readonly [name: string]: readonly string[] }, moments: readonly Moment[]): Moment[] =>
    moments.filter(moment => {
      const [name = '', line, when] = moment.split(':')
      const lines = (logs[name] ?? []).slice(0, Number(line)).map(withoutChance)
      const key = `${name} ${when} ${createHash('sha256').update(lines.join('\n')).digest('hex')}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
}

/** An incident's id, real time and what follows from them differ each time, and make no new story. */
const withoutChance = (line: string): string => {
  const { incident, wall, prev, hash, data, ...rest } = JSON.parse(line)
  const text = JSON.stringify({ ...rest, data: data && { ...data, owner: null, token: null } })
  return typeof incident === 'string' ? text.replaceAll(incident, 'incident') : text
}
