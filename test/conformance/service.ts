import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'vitest'

/** A server that a suite runs against. `binary` is what must be installed for it; absent where it is our own. */
export type Service<Running> = {
  readonly name: string
  readonly binary?: string
  /** What must be installed besides. */
  readonly also?: string | readonly string[]
  /** The tests make networks of their own, which only root may. */
  readonly networks?: true
  readonly start: () => Promise<Running>
}

/** The same suite against each server. One that is not installed is skipped aloud, or fails where it is required. */
export const eachService = <Running>(
  title: string,
  services: readonly Service<Running>[],
  suite: (service: Service<Running>) => void,
): void => {
  for (const service of services) {
    const needed = [service.binary, ...[service.also ?? []].flat()].filter(name => name !== undefined)
    const binary = needed.find(name => findBinary(name) === undefined)
    if (binary !== undefined)
      skipAloud(title, service, `${binary} is not installed; to run these tests: sh test/services.sh`, binary)
    else if (service.networks && !mayMakeNetworks())
      skipAloud(title, service, 'it needs network namespaces; to run these tests: sudo npm test')
    else describe(`${title}: ${service.name}`, () => suite(service))
  }
}

/** Debian keeps daemons out of the PATH of ordinary users, and has no package of Moto. */
export const findBinary = (name: string): string | undefined => {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin']
  const files = folders.map(folder => path.join(folder, name))
  return [...(name === MOTO ? motoFiles() : []), ...files].find(isExecutable)
}

export const MOTO = 'moto_server'

/** `$FIREBREAK_MOTO` is the program itself; `.venv-moto` is where `test/services.sh` installs it. */
const motoFiles = (): string[] => [
  ...(process.env.FIREBREAK_MOTO ? [process.env.FIREBREAK_MOTO] : []),
  new URL(`../../.venv-moto/bin/${MOTO}`, import.meta.url).pathname,
]

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** As pip itself finds it, with whatever index this machine is told to use. */
const isOnPypi = (name: string): boolean => {
  const args = ['-m', 'pip', '--timeout', '5', '--retries', '0', 'index', 'versions', name]
  return spawnSync('python3', args, { stdio: 'ignore', timeout: 30_000 }).status === 0
}

const UNSHARE = 'unshare'

/** It is tried: root in a container may not either. */
const mayMakeNetworks = (): boolean => spawnSync(UNSHARE, ['--net', 'true'], { stdio: 'ignore' }).status === 0

const skipAloud = (title: string, { name }: Service<unknown>, reason: string, binary?: string): void => {
  if (process.env.FIREBREAK_REQUIRE_SERVICES === '1') {
    it(`${title}: ${name} must run here`, context => {
      if (binary === MOTO && !isOnPypi('moto')) {
        console.warn(`SKIPPED ${title}: ${name}: PyPI cannot be reached, and it is nowhere else`)
        context.skip()
      }
      throw new Error(reason)
    })
    return
  }
  console.warn(`SKIPPED ${title}: ${name}: ${reason}`)
  describe.skip(`${title}: ${name} (${reason})`, () => {
    it('is not tried', () => undefined)
  })
}
