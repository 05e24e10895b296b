import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'vitest'

/** A server that a suite runs against. `binary` is what must be installed for it; absent where it is our own. */
export type Service<Running> = {
  readonly name: string
  readonly binary?: string
  /** What must be installed besides. */
  readonly also?: string
  readonly start: () => Promise<Running>
}

/** The same suite against each server. One that is not installed is skipped aloud, or fails where it is required. */
export const eachService = <Running>(
  title: string,
  services: readonly Service<Running>[],
  suite: (service: Service<Running>) => void,
): void => {
  for (const service of services) {
    const needed = [service.binary, service.also].filter(name => name !== undefined)
    const binary = needed.find(name => findBinary(name) === undefined)
    if (binary !== undefined) skipAloud(title, { ...service, binary })
    else describe(`${title}: ${service.name}`, () => suite(service))
  }
}

/** Debian keeps daemons out of the PATH of ordinary users. */
export const findBinary = (name: string): string | undefined =>
  [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin']
    .map(folder => path.join(folder, name))
    .find(isExecutable)

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const skipAloud = (title: string, { name, binary }: Service<unknown>): void => {
  const reason = `${binary} is not installed; to run these tests: sh test/services.sh`
  if (process.env.FIREBREAK_REQUIRE_SERVICES === '1') {
    it(`${title}: ${name} must run here`, () => {
      throw new Error(reason)
    })
    return
  }
  console.warn(`SKIPPED ${title}: ${name}: ${reason}`)
  describe.skip(`${title}: ${name} (${reason})`, () => {
    it('is not tried', () => undefined)
  })
}
