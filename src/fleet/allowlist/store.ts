import { mkdirSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { readKept, replaceFile } from '../kept-file.js'
import { prefix } from '../schema-values.js'
import type { Allowlist } from './allowlist.js'

/** The last allowlist that could be read, and when that was (milliseconds since 1970). */
export type KeptAllowlist = { readonly allowlist: Allowlist; readonly at: number }

export type AllowlistStore = {
  /** Losing the copy costs an offer, never an incident: a failure to write it is nothing that anybody waits for. */
  readonly save: (kept: KeptAllowlist) => void
  /** Undefined where none was saved, or what was saved cannot be read. */
  readonly load: () => KeptAllowlist | undefined
}

/** A file `allowlist.json` in that folder, which is one fleet's own. */
export const fileAllowlistStore = (folder: string): AllowlistStore => {
  const file = path.join(folder, 'allowlist.json')
  return {
    save: kept => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        replaceFile(file, JSON.stringify({ v: 1, ...kept }))
      } catch {
        // The list itself was just read: what stands in the fleet's files is as good as ever.
      }
    },
    load: () => {
      const kept = saved.safeParse(readKept(file)).data
      return kept && { allowlist: kept.allowlist, at: kept.at }
    },
  }
}

/** Prefixes are read back as they were read first: what somebody has changed in the file is no good copy. */
const saved = z.object({
  v: z.literal(1),
  at: z.number(),
  allowlist: z.object({
    entries: z.array(z.object({ prefix, name: z.string().exactOptional(), at: z.string() })).min(1),
    files: z.array(z.object({ file: z.string(), changedAt: z.number() })),
    hash: z.string(),
  }),
})
