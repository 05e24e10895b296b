import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, utimes } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CACHE = path.join(ROOT, 'node_modules', '.cache', 'firebreak-e2e')
/** What a build is made of, and what the program reads beside its bundle. */
const PARTS = ['package.json', 'package-lock.json', 'tsconfig.json', 'bin', 'src', 'runbooks']

/** As old as this and unused, a build is swept away: no run of the tests lasts that long. */
const SWEEP_MS = 3_600_000

/**
 * The program built from the sources as they are now, in a folder named after their content: never a stale
 * bundle, and nothing that another run is using is written to. Whoever builds second throws its own away.
 */
export const builtProgram = async (): Promise<string> => {
  const home = homeOf(await contentHash(ROOT))
  const built = existsSync(home) ? home : await build()
  const now = new Date()
  await utimes(built, now, now)
  return built
}

const homeOf = (hash: string): string => path.join(CACHE, hash)

const contentHash = async (root: string): Promise<string> => {
  const hash = createHash('sha256')
  for (const part of PARTS) {
    for (const file of await filesUnder(path.join(root, part)))
      hash.update(`${path.relative(root, file)}\0`).update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 20)
}

const filesUnder = async (file: string): Promise<string[]> => {
  if (!(await stat(file)).isDirectory()) return [file]
  const names = (await readdir(file)).sort()
  return (await Promise.all(names.map(name => filesUnder(path.join(file, name))))).flat()
}

/** The build script of package.json itself, run in a copy; named after the copy, should somebody be editing. */
const build = async (): Promise<string> => {
  await mkdir(CACHE, { recursive: true })
  await sweep()
  const copy = await mkdtemp(path.join(CACHE, 'new-'))
  try {
    for (const part of PARTS) await cp(path.join(ROOT, part), path.join(copy, part), { recursive: true })
    const home = homeOf(await contentHash(copy))
    if (existsSync(home)) return home
    await symlink(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'))
    await execa('npm', ['run', '--silent', 'build'], { cwd: copy, timeout: 50_000 })
    await rename(copy, home).catch(error => {
      if (!existsSync(home)) throw error
    })
    return home
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

const sweep = async (): Promise<void> => {
  for (const name of await readdir(CACHE)) {
    const file = path.join(CACHE, name)
    const found = await stat(file).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > SWEEP_MS) await rm(file, { recursive: true, force: true })
  }
}
