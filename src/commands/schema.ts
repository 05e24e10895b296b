import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { runbookSchemaText } from '../runbook/json-schema.js'
import { catalogue } from './support/catalogue.js'
import { type Global, type Io, print, say } from './support/io.js'

/** The JSON Schema of runbooks, for editors: to stdout, or into a file. */
export const schema = async (io: Io, options: Global & { readonly write?: string }): Promise<ExitCode> => {
  const text = runbookSchemaText(catalogue)
  if (options.write === undefined) {
    print(io, text.trimEnd())
    return EXIT.done
  }
  const file = path.resolve(io.cwd, options.write)
  try {
    await writeFile(file, text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    say(io, `firebreak: the schema cannot be written: ${why}`)
    say(io, '  next: name a file in a folder that is there and that you may write to')
    return EXIT.unresolved
  }
  say(io, `Written to ${file}`)
  return EXIT.done
}
