import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { toInstant } from '../domain/instant.js'
import { loadFleet } from '../fleet/load.js'
import { salvageFleet } from '../fleet/salvage.js'
import { paintFor } from '../hosts/lines/paint.js'
import { loadRunbook } from '../runbook/load.js'
import { createSystemClock } from '../runtime/system-clock.js'
import type { Examination, Finding, Patient } from './doctor/contract.js'
import { EXAMINATIONS } from './doctor/examinations.js'
import { count, type Row, rowText } from './doctor/table.js'
import { catalogue } from './support/catalogue.js'
import { leaveAnyway } from './support/conduct.js'
import { fleetFile, type Places, runbookFiles, runbooksDir, shortPath } from './support/definitions.js'
import { inTime } from './support/in-time.js'
import { type Global, type Io, print } from './support/io.js'
import { leaveSoon } from './support/leave.js'
import { usedBy } from './support/needs.js'
import { openLook } from './support/open-look.js'
import { stateDir } from './support/state.js'

export type DoctorOptions = Global & Places & { readonly json?: boolean }

/**
 * Whether this machine and these credentials can do what the runbooks may ask, before the night in which they must.
 * What fails is a finding (1); warnings are not. Ctrl-C needs no handler: there is nothing to bring to an end.
 */
export const doctor = async (io: Io, options: DoctorOptions): Promise<ExitCode> => {
  const { patient, close } = await admit(io, options)
  const tell = options.json ? () => {} : teller(io)
  const rows: Row[] = []
  for (const asked of EXAMINATIONS.map(one => examine(one, patient)))
    for (const row of await asked) {
      tell(row)
      rows.push(row)
    }
  close()
  if (options.json) print(io, JSON.stringify(documentOf(rows, patient), null, 2))
  else print(io, `\n${totals(rows)}`)
  if (rows.some(({ hangs }) => hangs)) leaveAnyway(io)
  else leaveSoon()
  return count(rows, 'fail') === 0 ? EXIT.done : EXIT.unresolved
}

const admit = async (io: Io, options: DoctorOptions): Promise<{ patient: Patient; close: () => void }> => {
  const file = fleetFile(io, options)
  const dir = runbooksDir(io, options)
  const files = await runbookFiles(dir)
  const [{ fleet: sound, diagnostics }, ...loaded] = await Promise.all([
    loadFleet(file),
    ...files.map(one => loadRunbook(one, catalogue)),
  ])
  const fleet = sound ?? (await salvageFleet(file))
  const opened = fleet && openLook(io, options, fleet)
  const patient: Patient = {
    io,
    state: stateDir(io, options),
    runbooks: { dir, files },
    fleetFile: file,
    mistakes: diagnostics,
    used: usedBy(loaded.flatMap(({ runbook }) => runbook ?? [])),
    ...(fleet && opened ? { fleet, look: opened.look, account: opened.askAccount } : {}),
  }
  return { patient, close: () => opened?.close() }
}

/** All of it asks with deadlines of its own; this is for what no deadline reaches, as a disk that hangs. */
const LATEST_MS = 15_000
const LATE: Finding = {
  state: 'fail',
  hangs: true,
  detail: 'no answer',
  next: 'look what this machine waits for',
}

const examine = async ({ name, examine: look }: Examination, patient: Patient): Promise<readonly Row[]> => {
  const findings = await inTime(createSystemClock(), look(patient), [LATE], LATEST_MS)
  return findings.map(finding => ({ check: name, ...finding }))
}

const teller = (io: Io) => {
  const paint = paintFor(io.out, io.env)
  return (row: Row): void => print(io, rowText(row, paint, io.out.columns ?? 100))
}

const totals = (rows: readonly Row[]): string => {
  const warned = count(rows, 'warn')
  const parts = [`${count(rows, 'fail')} failed`, `${warned} ${warned === 1 ? 'warning' : 'warnings'}`]
  return [...parts, `${count(rows, 'skipped')} skipped`].join(', ')
}

/** What `doctor --json` prints. Keys are only ever added while `v` is 1. */
const documentOf = (rows: readonly Row[], { io, fleetFile: file, runbooks }: Patient) => ({
  v: 1,
  at: toInstant(createSystemClock().now()),
  fleet: shortPath(io, file),
  runbooks: shortPath(io, runbooks.dir),
  failed: count(rows, 'fail'),
  warned: count(rows, 'warn'),
  rows,
})
