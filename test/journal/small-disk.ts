import { execFileSync } from 'node:child_process'
import type { TestContext } from 'vitest'
import { onTestFinished } from 'vitest'
import { folder } from './written.js'

/** A disk of its own that can be filled, taken away and made larger. */
export type SmallDisk = { readonly dir: string; readonly remount: (options: string) => void }

/** Mounts one of that many KiB. Only root can: elsewhere the test is skipped aloud. */
export const smallDisk = (context: TestContext, kib: number): SmallDisk => {
  const dir = folder()
  try {
    mount('-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', dir)
  } catch (error) {
    const reason = `no disk can be mounted here: ${error instanceof Error ? error.message : String(error)}`
    console.warn(`SKIPPED ${context.task.name}: ${reason}`)
    context.skip(reason)
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', dir])
  })
  return { dir, remount: options => mount('-o', `remount,${options}`, dir) }
}

const mount = (...args: string[]): void => {
  execFileSync('mount', args, { stdio: 'pipe' })
}
