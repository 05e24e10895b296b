import type { Io } from '../io.js'

const WIDTH = 30

/** A bar at a terminal; nothing where nobody looks. */
export const progressOn = ({ err }: Pick<Io, 'err'>, total: number, what: string) => {
  let done = 0
  const draw = () => {
    const filled = total === 0 ? WIDTH : Math.round((done / total) * WIDTH)
    err.write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${total} ${what}`)
  }
  if (err.isTTY) draw()
  return {
    step: () => {
      done += 1
      if (err.isTTY) draw()
    },
    end: () => {
      if (err.isTTY) err.write(`\r${' '.repeat(WIDTH + 2 + ` ${total}/${total} ${what}`.length)}\r`)
    },
  }
}
