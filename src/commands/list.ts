import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { loadRunbook } from '../runbook/load.js'
import { catalogue } from './support/catalogue.js'
import { type Places, runbookFiles, runbooksDir } from './support/definitions.js'
import { type Global, type Io, print, say } from './support/io.js'

/** Every runbook of the folder, a line each; one that does not load is listed as such. */
export const list = async (io: Io, options: Global & Places): Promise<ExitCode> => {
  const dir = runbooksDir(io, options)
  const files = await runbookFiles(dir)
  if (files.length === 0) {
    say(io, `There are no runbooks in ${dir}. Name another folder with --runbooks.`)
    return EXIT.unresolved
  }
  const rows = await Promise.all(files.map(rowFor))
  const width = Math.max(...rows.map(({ name }) => name.length))
  for (const { name, severity, title } of rows)
    print(io, `${name.padEnd(width)}  ${severity.padEnd(5)}  ${title}`)
  return EXIT.done
}

const rowFor = async (file: string) => {
  const name = path.basename(file, '.yaml')
  const { runbook } = await loadRunbook(file, catalogue)
  return runbook
    ? { name, severity: runbook.severity ?? '', title: runbook.title }
    : { name, severity: '', title: '(does not load: see `firebreak lint`)' }
}
