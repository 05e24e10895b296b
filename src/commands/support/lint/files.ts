import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type Places, runbookFiles, runbooksDir } from '../definitions.js'
import type { Io } from '../io.js'

/** Paths as given; a folder stands for what is in it. Without any, the folder with the runbooks. */
export const filesToLint = async (
  io: Io,
  paths: readonly string[],
  places: Places,
): Promise<readonly string[]> => {
  const said = paths.length > 0 ? paths.map(name => path.resolve(io.cwd, name)) : [runbooksDir(io, places)]
  const found = await Promise.all(said.map(expand))
  return found.flat()
}

const expand = async (file: string): Promise<readonly string[]> => {
  const isFolder = await stat(file).then(
    found => found.isDirectory(),
    () => false,
  )
  if (!isFolder) return [file]
  const runbooks = await runbookFiles(file)
  const drills = await runbookFiles(path.join(file, 'drills'))
  const tests = await runbookFiles(path.join(file, 'tests'))
  const fleet = path.join(file, 'fleet.yaml')
  const hasFleet = await stat(fleet).then(
    () => true,
    () => false,
  )
  const inside = [...(hasFleet ? [fleet] : []), ...runbooks, ...drills, ...tests]
  // A folder without any runbook was hardly meant: the reader of files says that it is a folder.
  return inside.length > 0 ? inside : [file]
}

/** What a file is, its name and its folder say. */
export const kindOf = (file: string): 'fleet' | 'scenario' | 'tests' | 'runbook' => {
  if (path.basename(file) === 'fleet.yaml') return 'fleet'
  if (file.endsWith('.test.yaml')) return 'tests'
  return path.basename(path.dirname(file)) === 'drills' ? 'scenario' : 'runbook'
}
