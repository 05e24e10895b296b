import { randomInt } from 'node:crypto'

const LETTERS = 'abcdefghijkmnopqrstuvwxyz'

/** `20261123-0412-kqzx`, in UTC, so that ids sort by time wherever they were made; a drill's says so. */
export const newIncidentId = (now: Date, drill: boolean): string => {
  const [date, time] = now.toISOString().split('T')
  const stamp = `${date?.replaceAll('-', '')}-${time?.slice(0, 5).replace(':', '')}`
  const tail = Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  return `${drill ? 'drill-' : ''}${stamp}-${tail}`
}
