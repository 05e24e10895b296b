import { mkdirSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import type { Result } from '../domain/result.js'
import { fail, ok } from '../domain/result.js'
import type { Inventory } from './inventory.js'
import { readKept, replaceFile } from './kept-file.js'

/** The last inventory of each group. Synchronous: the files are small, and a virtual clock need not wait for them. */
export type InventoryStore = {
  readonly save: (inventory: Inventory) => Result<null>
  /** Undefined where none was saved, or what was saved cannot be read. */
  readonly load: (cluster: string, role: Inventory['role']) => Inventory | undefined
}

/** Files `<cluster>-<role>.json` in that folder, which is one fleet's own. */
export const fileInventoryStore = (folder: string): InventoryStore => {
  const fileOf = (cluster: string, role: string): string => path.join(folder, `${cluster}-${role}.json`)
  return {
    save: inventory => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        replaceFile(fileOf(inventory.cluster, inventory.role), JSON.stringify({ v: 1, ...inventory }))
        return ok(null)
      } catch (error) {
        return unwritable(folder, error)
      }
    },
    load: (cluster, role) => {
      const saved = savedInventory.safeParse(readKept(fileOf(cluster, role))).data
      return saved?.cluster === cluster && saved.role === role ? toInventory(saved) : undefined
    },
  }
}

const role = z.enum(['proxy', 'shard'])
const savedInventory = z.object({
  v: z.literal(1),
  cluster: z.string(),
  role,
  at: z.number(),
  source: z.enum(['static', 'ec2', 'saved']),
  targets: z.array(
    z.object({
      id: z.string(),
      cluster: z.string(),
      role,
      admin: z.string().exactOptional(),
      data: z.string(),
      zone: z.string().exactOptional(),
      subnet: z.string().exactOptional(),
      instanceType: z.string().exactOptional(),
      privateIp: z.string().exactOptional(),
      publicIp: z.string().exactOptional(),
      launchedAt: z.string().exactOptional(),
      tags: z.record(z.string(), z.string()),
    }),
  ),
})

const toInventory = ({ v: _, ...inventory }: z.infer<typeof savedInventory>): Inventory => inventory

const unwritable = (folder: string, error: unknown): Result<null> => {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  return fail(
    'state.unwritable',
    `The inventory cannot be saved in ${folder} (${reason}).`,
    'Give another state folder with --state, or free some space; without it there is nothing to go on with when EC2 fails.',
  )
}
