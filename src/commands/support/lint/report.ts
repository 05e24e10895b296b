import { paintFor } from '../../../hosts/lines/paint.js'
import type { Diagnostic } from '../../../source/diagnostic.js'
import { formatDiagnostic } from '../../../source/format-diagnostic.js'
import { VERSION } from '../../../version.js'
import { relative } from '../definitions.js'
import { type Io, print } from '../io.js'

export const FORMATS = ['text', 'json', 'sarif', 'github'] as const
export type Format = (typeof FORMATS)[number]

export const isFormat = (said: string): said is Format => FORMATS.some(format => format === said)

/** What was found in how many files, and the texts that it is shown in. */
export type Findings = {
  readonly files: number
  readonly findings: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>
}

type Report = (io: Io, found: Findings) => Promise<void> | void

const text: Report = (io, { files, findings, sources }) => {
  const paint = paintFor(io.out, io.env)
  for (const finding of findings) {
    const shown = formatDiagnostic(relative(io, finding), sources.get(finding.file) ?? '', (severity, part) =>
      paint(severity === 'error' ? 'bad' : 'warn', part),
    )
    print(io, `${shown}\n`)
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const totals = [count(files, 'file'), count(errors, 'error'), count(findings.length - errors, 'warning')]
  print(io, totals.join(', '))
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`

const shownFrom = (io: Io, { findings }: Findings): readonly Diagnostic[] =>
  findings.map(finding => relative(io, finding))

const json: Report = (io, found) => print(io, JSON.stringify({ v: 1, findings: shownFrom(io, found) }, null, 2))

const sarif: Report = async (io, found) => {
  const [{ toSarif }, { ALL_RULES }] = await Promise.all([
    import('../../../source/format-sarif.js'),
    import('./rules.js'),
  ])
  print(io, JSON.stringify(toSarif(shownFrom(io, found), { version: VERSION, rules: ALL_RULES }), null, 2))
}

const github: Report = async (io, found) => {
  const { formatGithub } = await import('../../../source/format-github.js')
  for (const finding of shownFrom(io, found)) print(io, formatGithub(finding))
}

export const REPORTS: { readonly [F in Format]: Report } = { text, json, sarif, github }
