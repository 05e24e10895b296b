import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { type Instant, toInstant } from '../../domain/instant.js'

const lastKeySchema = z.object({ fence: z.number(), at: z.iso.datetime() })

/** Beside the record of the owner: when a key was last pressed, in wall time, and by which owner. */
const lastKeyFile = (file: string): string => path.join(path.dirname(file), 'last-key')

export const writeLastKey = (file: string, fence: number): void => {
  try {
    writeFileSync(lastKeyFile(file), JSON.stringify({ fence, at: toInstant(Date.now()) }), { mode: 0o600 })
  } catch {
    // It is for the one who takes over to read; nothing depends on it.
  }
}

/** When the owner with that fence last pressed a key; undefined where it never did. */
export const readLastKey = (file: string, fence: number): Instant | undefined => {
  try {
    const { success, data } = lastKeySchema.safeParse(JSON.parse(readFileSync(lastKeyFile(file), 'utf8')))
    return success && data.fence === fence ? data.at : undefined
  } catch {
    return undefined
  }
}
