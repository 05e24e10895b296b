import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'

const saved = z.object({ v: z.literal(1), connections: z.number(), at: z.number() })

/** Connections of one proxy on a calm day, and when that was (milliseconds since 1970). */
type Kept = { readonly connections: number; readonly at: number }

/** A small JSON file per cluster. Losing one costs a comparison, never an incident. */
export const fileBaselines = (folder: string) => {
  const fileOf = (cluster: string) => path.join(folder, `${cluster}.json`)
  return {
    read: async (cluster: string): Promise<Kept | undefined> => {
      try {
        const { connections, at } = saved.parse(JSON.parse(await readFile(fileOf(cluster), 'utf8')))
        return { connections, at }
      } catch {
        return undefined // never kept, or not readable: either way there is nothing to compare with
      }
    },
    record: async (cluster: string, kept: Kept): Promise<void> => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const temporary = `${fileOf(cluster)}.${process.pid}.tmp`
        await writeFile(temporary, JSON.stringify({ v: 1, ...kept }), { mode: 0o600 })
        await rename(temporary, fileOf(cluster))
      } catch {
        // A baseline that cannot be kept must not stop the check that is looking at an incident.
      }
    },
  }
}
