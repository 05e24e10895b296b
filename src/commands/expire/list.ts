import { EXIT } from '../../domain/exit-codes.js'
import { deniedWords, placeWords, timeWords, untilWords } from '../support/filter-words.js'
import type { Report, Row } from './report.js'

/** What stands, and nothing changed: who put it up and until when, and below it each place. */
export const listed = (rows: readonly Row[], now: number, none: string): Report => ({
  rows,
  lines: linesFor(rows, now),
  troubles: rows.length === 0 ? [none] : [],
  exit: EXIT.done,
})

const linesFor = (rows: readonly Row[], now: number): readonly string[] => {
  const severalFleets = new Set(rows.map(({ fleet }) => fleet)).size > 1
  return byFilter(rows).flatMap(([first, ...more]) => [
    `${headWords(first, now)}${severalFleets ? `  fleet ${first.fleet}` : ''}`,
    ...[first, ...more].map(placeLine),
  ])
}

type Group = readonly [Row, ...Row[]]

/** In the order in which the first of each came. */
const byFilter = (rows: readonly Row[]): readonly Group[] => {
  const groups = new Map<string, [Row, ...Row[]]>()
  for (const row of rows) {
    const name = `${row.fleet} ${row.standing.incident} ${row.standing.filter}`
    const group = groups.get(name)
    if (group) group.push(row)
    else groups.set(name, [row])
  }
  return [...groups.values()]
}

const headWords = ({ standing: { filter, until, cluster, incident } }: Row, now: number): string =>
  `${filter}  ${timeWords(until, now)} (until ${untilWords(until)})  ${cluster}  ${incident}`

const placeLine = ({ standing, message }: Row): string =>
  `    ${placeWords(standing.place)}: ${deniedWords(standing)}${message === undefined ? '' : `; ${message}`}`
