import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { remembered } from '../domain/remembered.js'
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
  const list = remembered(runbookNames)
  const load = remembered(async (file: string) => ({ file, loaded: await loadRunbook(file, catalogue) }))
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

/** Names of the YAML files of a folder, in order. One that cannot be read has none; the fleet is no runbook. */
export const runbookNames = async (folder: string): Promise<readonly string[]> => {
  try {
    const files = (await readdir(folder)).sort()
    return files
      .filter(file => file.endsWith('.yaml') && file !== 'fleet.yaml')
      .map(file => path.basename(file, '.yaml'))
  } catch {
    return []
  }
}
