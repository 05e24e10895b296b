import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Catalogue } from './catalogue.js'
import { type LoadedRunbook, loadRunbook } from './load.js'

/** A runbook and where it was found. */
export type FoundRunbook = { readonly file: string; readonly loaded: LoadedRunbook }

/** Finds runbooks by their names. `from` is the file that names one. */
export type Library = {
  readonly find: (name: string, from: string) => Promise<FoundRunbook | undefined>
  /** What could have been meant. */
  readonly names: (from: string) => Promise<readonly string[]>
}

/** The runbooks that stand in the folder of the file that names them, and else in those folders. Each is read once. */
export const folderLibrary = (folders: readonly string[], catalogue: Catalogue): Library => {
  const loading = new Map<string, Promise<FoundRunbook>>()
  const listing = new Map<string, Promise<readonly string[]>>()
  const list = (folder: string) => remembered(listing, folder, () => namesIn(folder))
  const load = (file: string) =>
    remembered(loading, file, async () => ({ file, loaded: await loadRunbook(file, catalogue) }))
  const foldersFrom = (from: string) => [...new Set([path.dirname(from), ...folders])]
  return {
    find: async (name, from) => {
      for (const folder of foldersFrom(from))
        if ((await list(folder)).includes(name)) return await load(path.join(folder, `${name}.yaml`))
      return undefined
    },
    names: async from => [...new Set((await Promise.all(foldersFrom(from).map(list))).flat())],
  }
}

const remembered = <V>(known: Map<string, V>, key: string, make: () => V): V => {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}

/** A folder that cannot be read has none; the fleet is no runbook. */
const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    const files = await readdir(folder)
    return files
      .filter(file => file.endsWith('.yaml') && file !== 'fleet.yaml')
      .map(file => file.slice(0, -'.yaml'.length))
  } catch {
    return []
  }
}
