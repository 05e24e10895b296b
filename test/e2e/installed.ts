import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'vitest'

/**
 * Whether a program that a test watches with is there. Where it is not, the test is skipped aloud, or fails
 * where it is required.
 */
export const installed = (name: string, context: TestContext): boolean => {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  if (folders.some(folder => isExecutable(path.join(folder, name)))) return true
  const reason = `${name} is not installed: sudo apt-get install ${name}`
  if (process.env.FIREBREAK_REQUIRE_SERVICES === '1') throw new Error(reason)
  console.warn(`SKIPPED ${context.task.name}: ${reason}`)
  context.skip(reason)
  return false
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
