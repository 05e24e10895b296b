import type { ExitCode } from '../../domain/exit-codes.js'
import { toInstant } from '../../domain/instant.js'
import type { StandingFilter } from '../../fleet/filters/filter.js'
import { type Io, print, say } from '../support/io.js'

/** One record, or one tag of an ACL, and what came of it. */
export type Row = {
  /** Of its register; absent where a tag tells of it. */
  readonly fleet?: string
  readonly standing: StandingFilter
  /** Absent where it is only listed. */
  readonly state?: string
  readonly message?: string
}

export type Report = {
  readonly rows: readonly Row[]
  /** For people, on stdout. */
  readonly lines: readonly string[]
  /** What is wrong, and what to do about it: on stderr, also beside `--json`. */
  readonly troubles: readonly string[]
  readonly exit: ExitCode
}

/** Says it, and gives the exit code. `now` in milliseconds since 1970. */
export const tell = (io: Io, report: Report, json: boolean | undefined, now: number): ExitCode => {
  if (json) print(io, JSON.stringify(documentOf(report.rows, now), null, 2))
  else for (const line of report.lines) print(io, line)
  for (const line of report.troubles) say(io, line)
  return report.exit
}

/** What `expire --json` prints. Keys are only ever added while `v` is 1. */
const documentOf = (rows: readonly Row[], now: number) => ({
  v: 1,
  at: toInstant(now),
  filters: rows.map(({ fleet, standing: { until, ...standing }, state, message }) => ({
    ...standing,
    ...(fleet === undefined ? {} : { fleet }),
    until: toInstant(until),
    overdue: until <= now,
    ...(state === undefined ? {} : { state }),
    ...(message === undefined ? {} : { message }),
  })),
})
