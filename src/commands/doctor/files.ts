import { shortPath } from '../support/definitions.js'
import { lintAll } from '../support/lint/linters.js'
import type { Examination, Finding, Patient } from './contract.js'

/** Every mistake at its place: nothing else can be trusted before these are mended. */
export const fleetFileRows: Examination = {
  name: 'fleet file',
  examine: async ({ io, fleetFile, mistakes, fleet }) => {
    if (mistakes.length === 0)
      return [{ state: 'ok', target: shortPath(io, fleetFile), detail: clusterWords(fleet) }]
    return [
      ...mistakes.map(
        ({ file, line, column, message, suggestion }): Finding => ({
          state: 'fail',
          target: `${shortPath(io, file)}:${line}:${column}`,
          detail: message,
          next: suggestion ?? '`firebreak lint` shows the place',
        }),
      ),
      ...(fleet
        ? [
            {
              state: 'skipped' as const,
              detail: `what follows is about what is right in it: ${clusterWords(fleet)}`,
            },
          ]
        : []),
    ]
  },
}

const clusterWords = (fleet: Patient['fleet']): string => {
  const names = Object.keys(fleet?.clusters ?? {})
  return `${names.length === 1 ? 'the cluster' : 'the clusters'} ${names.join(', ')}`
}

export const runbookRows: Examination = {
  name: 'runbooks',
  examine: async ({ io, runbooks: { dir, files } }) => {
    const target = shortPath(io, dir)
    if (files.length === 0)
      return [{ state: 'warn', target, detail: 'there are none', next: 'name their folder with --runbooks' }]
    const { findings } = await lintAll(files, { dir, cwd: io.cwd })
    const errors = findings.filter(({ severity }) => severity === 'error').length
    const warnings = findings.length - errors
    const detail = `${files.length} of them, ${errors} errors, ${warnings} warnings`
    if (findings.length === 0) return [{ state: 'ok', target, detail }]
    return [
      { state: errors > 0 ? 'fail' : 'warn', target, detail, next: `\`firebreak lint ${target}\` shows them` },
    ]
  },
}
