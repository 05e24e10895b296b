import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Global, Io } from './io.js'

/** The folder that holds every incident: `--state`, else the environment's, else the user's own. */
export const stateDir = ({ env, cwd }: Pick<Io, 'env' | 'cwd'>, { state }: Global): string => {
  const said = state ?? env.FIREBREAK_STATE
  if (said) return path.resolve(cwd, said)
  return env.XDG_STATE_HOME
    ? path.join(env.XDG_STATE_HOME, 'firebreak')
    : path.join(env.HOME ?? homedir(), '.local', 'state', 'firebreak')
}

/** Files of one incident. */
export const incidentPaths = (state: string, id: string) => {
  const dir = path.join(state, 'incidents', id)
  return {
    dir,
    journal: path.join(dir, 'journal.jsonl'),
    owner: path.join(dir, 'owner.json'),
    /** What a drill's world was made from, so that a resumed drill is the same one whatever became of the files. */
    setting: path.join(dir, 'setting.json'),
    baselines: path.join(dir, 'baselines'),
    inventory: path.join(dir, 'inventory'),
  }
}

export const makeDir = async (dir: string): Promise<Result<null>> => {
  try {
    await makeDirs(dir)
    return ok(null)
  } catch (error) {
    return fail(
      'state.unwritable',
      `cannot make the folder ${dir}: ${String(error)}`,
      'name another one with --state',
    )
  }
}

/** Not `recursive: true`: with that, Node 20 never comes back from a place such as `/proc/x`. */
const makeDirs = async (dir: string): Promise<void> => {
  try {
    await mkdir(dir, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' && (await stat(dir)).isDirectory()) return
    if (code !== 'ENOENT' || path.dirname(dir) === dir) throw error
    await makeDirs(path.dirname(dir))
    await mkdir(dir, { mode: 0o700 })
  }
}

export const forget = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true })

/** Ids of all incidents, newest first. */
export const incidentIds = async (state: string): Promise<readonly string[]> => {
  try {
    const root = path.join(state, 'incidents')
    const names = await readdir(root)
    const aged = await Promise.all(
      names.map(async name => ({ name, born: (await stat(path.join(root, name))).birthtimeMs })),
    )
    return aged.sort((a, b) => b.born - a.born || (a.name < b.name ? 1 : -1)).map(({ name }) => name)
  } catch {
    return [] // no incident was ever opened here
  }
}

/** An id, a unique beginning of one, or `last`. */
export const findIncident = async (state: string, said: string): Promise<Result<string>> => {
  const ids = await incidentIds(state)
  const next = '`firebreak incidents` lists them; --state names another folder'
  if (said === 'last')
    return ids[0] === undefined
      ? fail('incident.unknown', `there is no incident in ${state}`, next)
      : ok(ids[0])
  if (ids.includes(said)) return ok(said)
  const begun = ids.filter(id => id.startsWith(said))
  if (begun.length > 1)
    return fail('incident.ambiguous', `${said} may be ${begun.join(', ')}`, 'type more of it')
  return begun[0] === undefined
    ? fail('incident.unknown', `there is no incident ${said} in ${state}`, next)
    : ok(begun[0])
}
