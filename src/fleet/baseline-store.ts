import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Calm connections per proxy, a small JSON file per cluster. Losing one costs a comparison, never an incident. */
export const fileBaselines = (folder: string) => {
  const fileOf = (cluster: string) => path.join(folder, `${cluster}.json`)
  return {
    read: async (cluster: string): Promise<number | undefined> => {
      try {
        const saved: unknown = JSON.parse(await readFile(fileOf(cluster), 'utf8'))
        const value =
          typeof saved === 'object' && saved !== null && 'connections' in saved ? saved.connections : undefined
        return typeof value === 'number' && Number.isFinite(value) ? value : undefined
      } catch {
        return undefined
      }
    },
    record: async (cluster: string, connections: number): Promise<void> => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const temporary = `${fileOf(cluster)}.${process.pid}.tmp`
        await writeFile(temporary, JSON.stringify({ v: 1, connections }), { mode: 0o600 })
        await rename(temporary, fileOf(cluster))
      } catch {
        // A baseline that cannot be kept must not stop the check that is looking at an incident.
      }
    },
  }
}
