import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE_MS = 20_000

/** Field 3 of `/proc/<pid>/stat` is `T` for a process that stands still. */
export const standsStill = async (pid: number | undefined): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    if (stat.slice(stat.lastIndexOf(') ') + 2).startsWith('T')) return
    if (performance.now() > deadline) throw new Error(`process ${pid} never stood still`)
    await pause(5)
  }
}
