import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { graphOf } from '../runbook/graph.js'
import { findRunbook, type Places } from './support/definitions.js'
import type { Global, Io } from './support/io.js'

/** A runbook as a Mermaid flowchart, for a page that draws it. */
export const graph = async (io: Io, said: string, options: Global & Places): Promise<ExitCode> => {
  const runbook = await findRunbook(io, options, said)
  if ('exit' in runbook) return runbook.exit
  io.out.write(graphOf(runbook.value))
  return EXIT.done
}
