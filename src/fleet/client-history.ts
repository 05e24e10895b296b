import { mkdirSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { readKept, replaceFile } from './kept-file.js'

/** What a source held when it was seen last on a calm day, and when that was (milliseconds since 1970). */
export type KnownClient = { readonly connections: number; readonly at: number }

/** Who came to a cluster on calm days, by canonical address: an address that is not among them is new, not abusive. */
export type ClientHistory = {
  readonly read: (cluster: string) => ReadonlyMap<string, KnownClient>
  /** Adds to what is known; losing it costs a comparison, never an incident. */
  readonly record: (cluster: string, seen: ReadonlyMap<string, KnownClient>) => void
}

/** Clients behind a NAT change their address daily: whoever was not seen for so long is forgotten. */
const REMEMBERED_MS = 30 * 86_400_000
/** The ones seen last stay: the file is read in an incident. */
const MOST = 50_000

/** A JSON file per cluster in that folder, which is one fleet's own. */
export const fileClientHistory = (folder: string): ClientHistory => {
  const fileOf = (cluster: string): string => path.join(folder, `${cluster}.json`)
  const read: ClientHistory['read'] = cluster =>
    new Map(Object.entries(saved.safeParse(readKept(fileOf(cluster))).data?.clients ?? {}))
  return {
    read,
    record: (cluster, seen) => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        const clients = Object.fromEntries(remembered(new Map([...read(cluster), ...seen])))
        replaceFile(fileOf(cluster), JSON.stringify({ v: 1, clients }))
      } catch {
        // What cannot be kept must not stop the check that is looking at an incident.
      }
    },
  }
}

const remembered = (clients: ReadonlyMap<string, KnownClient>): readonly (readonly [string, KnownClient])[] => {
  const all = [...clients].sort(([, a], [, b]) => b.at - a.at).slice(0, MOST)
  const last = all[0]?.[1].at ?? 0
  return all.filter(([, { at }]) => last - at <= REMEMBERED_MS)
}

const saved = z.object({
  v: z.literal(1),
  clients: z.record(z.string(), z.object({ connections: z.number(), at: z.number() })),
})
