import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import type { Result } from '../domain/result.js'
import type { Fleet } from '../fleet/fleet.js'
import { paintFor } from '../hosts/lines/paint.js'
import { findFleet, type Places, shortPath } from './support/definitions.js'
import { type Global, type Io, print, say } from './support/io.js'
import { leaveSoon } from './support/leave.js'
import { openLook } from './support/open-look.js'
import type { ClusterView, Triage } from './triage/contract.js'
import { documentOf } from './triage/document.js'
import { eagerEyes } from './triage/eyes.js'
import { judge } from './triage/judge.js'
import { screen } from './triage/screen.js'

export type TriageOptions = Global & Places & { readonly json?: boolean }

/**
 * How all clusters are, at a glance: no runbook, no incident, nothing changed. What is hot, unseen or unknown is a
 * finding (1). Ctrl-C needs no handler here: there is nothing to bring to an end.
 */
export const triage = async (io: Io, options: TriageOptions): Promise<ExitCode> => {
  const found = await findFleet(io, options)
  if ('exit' in found) return found.exit
  const opened = openLook(io, options, found.value)
  try {
    const all = await lookAt(io, found.value, opened, !options.json && io.out.isTTY === true)
    if (options.json) {
      print(io, JSON.stringify(documentOf(all), null, 2))
      for (const warning of all.warnings) say(io, `! ${warning}`)
    } else show(io, all)
    return all.clusters.every(({ state }) => state === 'calm') ? EXIT.done : EXIT.unresolved
  } finally {
    opened.close()
    leaveSoon()
  }
}

/** After that, in milliseconds since the process began, what is known is shown, and the rest when it is known. */
const FIRST_SCREEN_MS = 4_500

const lookAt = async (
  io: Io,
  fleet: Fleet,
  { look, store, account }: ReturnType<typeof openLook>,
  isWatched: boolean,
): Promise<Triage> => {
  const names = Object.keys(fleet.clusters)
  const known = new Map<string, ClusterView>(names.map(name => [name, lookingAt(name)]))
  const eyes = eagerEyes(look, store)
  const judged = Promise.all(names.map(async name => known.set(name, await judge(name, eyes))))
  const whole = (warnings: readonly string[]): Triage => ({
    at: look.clock.now(),
    fleet: shortPath(io, fleet.file),
    warnings,
    clusters: [...known.values()],
  })
  const timer = new AbortController()
  const late = look.clock.sleep(FIRST_SCREEN_MS - performance.now(), timer.signal)
  const isLate = (await Promise.race([judged.then(() => 'judged'), late])) === 'fired'
  if (isLate && isWatched) show(io, whole(['Not all is seen yet; it is shown again when it is. Ctrl-C stops.']))
  await judged
  timer.abort()
  return whole(fleet.account === undefined ? [] : accountWarnings(await account()))
}

/** Whoever looks with the wrong credentials still sees what needs none; and is told, for whatever they do next. */
const accountWarnings = (account: Result<unknown> | undefined): readonly string[] => {
  if (account === undefined || account.ok) return []
  const { code, message, next } = account.failure
  return [code === 'account.mismatch' ? `${message}; ${next}` : `The account could not be verified: ${message}`]
}

const lookingAt = (cluster: string): ClusterView => ({
  cluster,
  state: 'looking',
  summary: 'not judged yet',
  proxies: [],
})

/** Where it goes into a file or a pipe, it is as long as it needs to be. */
const show = (io: Io, all: Triage): void => {
  const { isTTY, columns, rows } = io.out
  const text = screen(all, {
    paint: paintFor(io.out, io.env),
    width: columns ?? 100,
    ...(isTTY && rows !== undefined ? { rows: rows - 1 } : {}), // the prompt comes below
    ascii: !speaksUnicode(io.env),
  })
  print(io, text)
}

const speaksUnicode = ({ TERM, LC_ALL, LC_CTYPE, LANG }: Io['env']): boolean =>
  TERM !== 'dumb' && /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
