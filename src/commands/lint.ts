import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import type { Rule } from '../runbook/rules/rule.js'
import { didYouMean } from '../source/nearest.js'
import { type Places, runbooksDir } from './support/definitions.js'
import { type Global, type Io, print, say } from './support/io.js'
import { filesToLint } from './support/lint/files.js'
import { lintAll } from './support/lint/linters.js'
import { FORMATS, type Format, isFormat, REPORTS } from './support/lint/report.js'

export type LintOptions = Global &
  Places & {
    readonly format?: string
    readonly strict?: boolean
    /** Id of a rule: it is told of, and nothing is checked. */
    readonly explain?: string
  }

/** Checks runbooks, their tests, fleet files and scenarios without touching anything; findings go to stdout. */
export const lint = async (io: Io, paths: readonly string[], options: LintOptions): Promise<ExitCode> => {
  const format = options.format ?? 'text'
  if (!isFormat(format)) {
    say(io, `firebreak: --format cannot be ${format}\n  next: use ${FORMATS.join(', ')}`)
    return EXIT.usage
  }
  if (options.explain !== undefined) return await explain(io, options.explain, format)
  const files = await filesToLint(io, paths, options)
  const found = await lintAll(files, { dir: runbooksDir(io, options), cwd: io.cwd })
  await REPORTS[format](io, { files: files.length, ...found })
  const bad = found.findings.some(({ severity }) => severity === 'error' || options.strict)
  return bad ? EXIT.unresolved : EXIT.done
}

const explain = async (io: Io, id: string, format: Format): Promise<ExitCode> => {
  const { ALL_RULES } = await import('./support/lint/rules.js')
  const rule = Object.hasOwn(ALL_RULES, id) ? ALL_RULES[id] : undefined
  if (rule === undefined) {
    const next = didYouMean(id, Object.keys(ALL_RULES)) ?? 'each finding of lint shows the name of its rule'
    say(io, `firebreak: there is no rule ${id}\n  next: ${next}`)
    return EXIT.usage
  }
  print(io, format === 'json' ? JSON.stringify({ v: 1, rule: id, ...rule }, null, 2) : pageOf(id, rule))
  return EXIT.done
}

const pageOf = (id: string, { severity, summary, why, bad, good }: Rule): string =>
  [`${severity}[${id}]`, summary, '', why, '', 'wrong:', indented(bad), '', 'right:', indented(good)].join('\n')

const indented = (text: string): string => text.replaceAll(/^/gm, '  ')
