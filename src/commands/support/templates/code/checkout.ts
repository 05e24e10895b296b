import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'

const PACKAGE = 'firebreak'

/** The folder above this one, or this one, that holds firebreak's own sources; undefined where none does. */
export const findCheckout = async (from: string): Promise<string | undefined> => {
  if (await isCheckout(from)) return from
  const above = path.dirname(from)
  return above === from ? undefined : findCheckout(above)
}

/** An installed firebreak has that name, too, and no sources. */
const isCheckout = async (dir: string): Promise<boolean> => {
  try {
    const described: unknown = JSON.parse(await readFile(path.join(dir, 'package.json'), 'utf8'))
    if (typeof described !== 'object' || described === null || !('name' in described)) return false
    await readFile(path.join(dir, 'src', 'actions', 'registry.ts'))
    return described.name === PACKAGE
  } catch {
    return false
  }
}

type Tool = readonly [program: string, ...args: string[]]

/**
 * Long lines of long names are broken; and the editors' schema, which every check and action is in, is made again
 * by the program that has the new one in it.
 */
const toolsFor = (files: readonly string[]): readonly Tool[] => [
  ['node_modules/.bin/biome', 'check', '--write', ...files],
  ['npm', 'run', '--silent', 'build'],
  ['node', 'bin/firebreak.js', 'schema', '--write', 'runbooks/runbook.schema.json'],
]

/** How long a tool may take: each takes a few seconds. */
const PATIENCE_MS = 60_000

/** Brings a checkout in order after files were added; gives what is left to be done by hand. */
export const tidy = async (root: string, files: readonly string[]): Promise<readonly string[]> => {
  const left: string[] = []
  for (const [program, ...args] of toolsFor(files)) {
    // After one that could not be done, the next one would work on what is not there.
    const { failed } =
      left.length > 0
        ? { failed: true }
        : await execa(program, args, { cwd: root, reject: false, timeout: PATIENCE_MS })
    if (failed) left.push([program, ...args].join(' '))
  }
  return left
}
