import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Fleet } from '../../fleet/fleet.js'
import { fleetNamespace } from '../../fleet/namespace.js'
import { newIncidentId } from './incident-id.js'
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
    clients: path.join(dir, 'clients'),
    allowlist: path.join(dir, 'allowlist'),
    filters: path.join(dir, 'filters'),
    /** Of a drill: it shares none with anybody. */
    locks: path.join(dir, 'locks'),
  }
}

/** A folder for each fleet that somebody was ever blocked from. */
export const filtersRoot = (state: string): string => path.join(state, 'filters')

/** What was put up against clients of a fleet: of no single incident, because it may outlive the one that put it up. */
export const filtersFolder = (state: string, fleet: Pick<Fleet, 'account' | 'region' | 'file'>): string =>
  path.join(filtersRoot(state), fleetNamespace(fleet))

/** A new incident's own folder, which did not exist: whoever may not begin in it can take it away again. */
export const makeIncident = async (
  state: string,
  drill: boolean,
): Promise<Result<{ readonly id: string; readonly paths: ReturnType<typeof incidentPaths> }>> => {
  const id = newIncidentId(new Date(), drill)
  const paths = incidentPaths(state, id)
  try {
    await makeDirs(path.dirname(paths.dir))
    await mkdir(paths.dir, { mode: 0o700 })
    return ok({ id, paths })
  } catch (error) {
    return fail(
      'state.unwritable',
      `cannot make the folder ${paths.dir}: ${reasonOf(error)}`,
      'name another one with --state',
    )
  }
}

/** Not `recursive: true`: with that, Node 20 never comes back from a place such as `/proc/x`. */
export const makeDirs = async (dir: string): Promise<void> => {
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

/** Takes the folder of an incident away that never began: it must not be the last one. */
export const forget = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true })

const REASONS: { readonly [code: string]: string } = {
  ENOTDIR: 'something on the way there is a file',
  EEXIST: 'there is a file of that name',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'it is on a read-only disk',
  ENOSPC: 'the disk is full',
  ENOENT: 'there is no such place',
}

export const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  return REASONS[code] ?? code
}

/** Ids of all incidents, newest first; none where no incident was ever opened. */
export const incidentIds = async (state: string): Promise<Result<readonly string[]>> => {
  const root = path.join(state, 'incidents')
  try {
    const names = await readdir(root)
    const aged = await Promise.all(
      names.map(async name => ({ name, born: (await stat(path.join(root, name))).birthtimeMs })),
    )
    return ok(aged.sort((a, b) => b.born - a.born || (a.name < b.name ? 1 : -1)).map(({ name }) => name))
  } catch (error) {
    const nothingYet = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (nothingYet) return ok([])
    return fail(
      'file.unreadable',
      `${root} cannot be read: ${reasonOf(error)}`,
      'name another folder with --state',
    )
  }
}

/** An id, a unique beginning of one, or `last`. */
export const findIncident = async (state: string, said: string): Promise<Result<string>> => {
  const listed = await incidentIds(state)
  if (!listed.ok) return listed
  const ids = listed.value
  const begun = ids.includes(said) ? [said] : ids.filter(id => id.startsWith(said))
  const started = (id: string) => existsSync(incidentPaths(state, id).journal)
  const [found, ...more] = said === 'last' ? ids.filter(started).slice(0, 1) : begun
  if (found === undefined) {
    const next = ids.length === 0 ? '`firebreak drill` plays one' : '`firebreak incidents` lists them'
    const what = said === 'last' ? 'no incident' : `no incident ${said}`
    return fail('incident.unknown', `there is ${what} in ${state}`, `${next}; --state names another folder`)
  }
  return more.length > 0
    ? fail('incident.ambiguous', `${said} may be ${begun.join(', ')}`, 'type more of it')
    : ok(found)
}
