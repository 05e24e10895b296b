import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import { type Failure, fail, ok, type Result } from '../../domain/result.js'
import type { Runbook } from '../../domain/runbook.js'
import { loadScenario } from '../../drill/load-scenario.js'
import type { Scenario } from '../../drill/scenario.js'
import type { Fleet } from '../../fleet/fleet.js'
import { loadFleet } from '../../fleet/load.js'
import { type FoundRunbook, folderLibrary, runbookNames } from '../../runbook/library.js'
import { loadRunbook } from '../../runbook/load.js'
import { loadWithCalls } from '../../runbook/load-with-calls.js'
import { type Diagnostic, hasErrors } from '../../source/diagnostic.js'
import { formatDiagnostic } from '../../source/format-diagnostic.js'
import { nearest } from '../../source/nearest.js'
import { catalogue } from './catalogue.js'
import { giveUp, type Io, say } from './io.js'

export type Places = { readonly runbooks?: string; readonly fleet?: string }

/** Either the thing, or the exit code: what was wrong is on the screen already. */
export type Loaded<T> = { readonly value: T } | { readonly exit: ExitCode }

/** The folder with runbooks: as said, else `runbooks/` here, else those that firebreak brings. */
export const runbooksDir = (io: Pick<Io, 'cwd'>, { runbooks }: Places): string => {
  if (runbooks !== undefined) return path.resolve(io.cwd, runbooks)
  const here = path.join(io.cwd, 'runbooks')
  return existsSync(here) ? here : SHIPPED
}

/** One level above `dist/`, where the bundle stands. */
export const SHIPPED = fileURLToPath(new URL('../runbooks', import.meta.url))

export const fleetFile = (io: Pick<Io, 'cwd'>, places: Places): string =>
  places.fleet === undefined
    ? path.join(runbooksDir(io, places), 'fleet.yaml')
    : path.resolve(io.cwd, places.fleet)

/** YAML files of a folder that are runbooks: not the fleet, and no subfolder. */
export const runbookFiles = async (dir: string): Promise<readonly string[]> =>
  (await runbookNames(dir)).map(name => path.join(dir, `${name}.yaml`))

/** A runbook by its name in the folder, or by its path, with all that it can lead to. */
export const findRunbook = async (io: Io, places: Places, said: string): Promise<FoundDefinition> => {
  const dir = runbooksDir(io, places)
  const file = await locate(dir, said, io.cwd, 'runbook.unknown')
  if (!file.ok) return { exit: giveUp(io, file.failure) }
  const own = { file: file.value, loaded: await loadRunbook(file.value, catalogue) }
  const { others, diagnostics, sources } = await loadWithCalls(own, folderLibrary([dir], catalogue))
  const loaded = settled(io, own.loaded.runbook, diagnostics, sources)
  return 'exit' in loaded ? loaded : { ...loaded, ...definitionOf(own, others) }
}

/** What a runbook can lead to, and where all of it was read from: the runbook itself first. */
export type Definition = {
  readonly others: { readonly [name: string]: Runbook }
  readonly origins: readonly [Origin, ...Origin[]]
}
export type Origin = { readonly name: string; readonly file: string; readonly text: string }

type FoundDefinition = (Definition & { readonly value: Runbook }) | { readonly exit: ExitCode }

const definitionOf = (own: FoundRunbook, others: ReadonlyMap<string, FoundRunbook>): Definition => {
  const found = [...others]
  return {
    others: Object.fromEntries(
      found.flatMap(([name, { loaded }]) => (loaded.runbook ? [[name, loaded.runbook]] : [])),
    ),
    origins: [
      originOf(own.loaded.runbook?.name ?? '', own),
      ...found.map(([name, one]) => originOf(name, one)),
    ],
  }
}

const originOf = (name: string, { file, loaded }: FoundRunbook): Origin => ({ name, file, text: loaded.source })

export const findFleet = async (io: Io, places: Places): Promise<Loaded<Fleet>> => {
  const { fleet, diagnostics, source } = await loadFleet(fleetFile(io, places))
  return settled(io, fleet, diagnostics, new Map(diagnostics.map(({ file }) => [file, source])))
}

export const findScenario = async (io: Io, places: Places, said: string): Promise<Loaded<Scenario>> => {
  const file = await locate(path.join(runbooksDir(io, places), 'drills'), said, io.cwd, 'scenario.unknown')
  if (!file.ok) return { exit: giveUp(io, file.failure) }
  const { scenario, diagnostics, source } = await loadScenario(file.value)
  return settled(io, scenario, diagnostics, new Map(diagnostics.map(({ file: at }) => [at, source])))
}

const locate = async (
  dir: string,
  said: string,
  cwd: string,
  code: Failure['code'],
): Promise<Result<string>> => {
  if (said.includes('/') || said.endsWith('.yaml')) return ok(path.resolve(cwd, said))
  const names = await runbookNames(dir)
  if (names.includes(said)) return ok(path.join(dir, `${said}.yaml`))
  const near = nearest(said, names)
  const known =
    names.length > 0
      ? `there are: ${names.join(', ')}`
      : 'there are none there; --runbooks names another folder'
  const next = near ? `did you mean ${near}?` : known
  return fail(code, `${dir} has no ${said}`, next)
}

const settled = <T>(
  io: Io,
  value: T | undefined,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): Loaded<T> => {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  for (const diagnostic of errors)
    say(io, `${formatDiagnostic(relative(io, diagnostic), sources.get(diagnostic.file) ?? '')}\n`)
  return value === undefined || hasErrors(diagnostics) ? { exit: EXIT.unresolved } : { value }
}

/** Paths as a person in this folder would write them. */
export const relative = (io: Pick<Io, 'cwd'>, diagnostic: Diagnostic): Diagnostic => ({
  ...diagnostic,
  file: shortPath(io, diagnostic.file),
})

/** Below this folder without it; elsewhere whole. */
export const shortPath = (io: Pick<Io, 'cwd'>, file: string): string => {
  const short = path.relative(io.cwd, file)
  return short.startsWith('..') || short === '' ? file : short
}
