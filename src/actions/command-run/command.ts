import path from 'node:path'
import * as z from 'zod'
import type { JsonObject } from '../../domain/json.js'
import type { Change } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { textOrSecret } from '../secret-reference.js'
import { quoted, shellLine } from '../shell-line.js'

/** One run, as the plan shows it and as the op's args hold it. Secrets are references in it. */
export const command = z.object({
  argv: z.array(z.string()).min(1),
  stdin: textOrSecret.optional(),
  env: z.record(z.string(), textOrSecret).optional(),
  /** Milliseconds. */
  timeout: z.number(),
  undo: z.array(z.string()).min(1).optional(),
})
export type Command = z.output<typeof command>

/** An absent key is absent here, never undefined. */
export const asJson = (one: Command): JsonObject => one as JsonObject

/** What the operator types, and the journal calls it. */
export const programOf = ([file = '']: readonly string[]): string => path.basename(file)

export const changeFor = (after: Command): Change => ({
  verb: 'run',
  resource: shellLine(after.argv),
  before: null,
  after: asJson(after),
})

/** Reads the change of an agreed plan; it was made by `changeFor`, perhaps in another process. */
export const readChange = ([change]: readonly Change[]): Command => command.parse(change?.after)

/** May it be run? Its first words must be those of one of the fleet file's prefixes, whole. A null could be any word. */
export const allowed = (
  prefixes: readonly (readonly string[])[],
  argv: readonly (string | null)[],
): Result<null> => {
  const fits = (word: string, index: number): boolean => argv[index] === null || argv[index] === word
  if (prefixes.some(prefix => prefix.every(fits))) return ok(null)
  const words = argv.map(word => word ?? '…')
  const listed = prefixes.map(prefix => `\`${shellLine(prefix)}\``).join(', ')
  return fail(
    'guardrail.refused',
    `\`${shellLine(words)}\` begins with none of the commands that the fleet file lists: ${listed || 'it lists none'}`,
    'have the SRE team add it to `guardrails.commands` of the fleet file, or do it by hand',
  )
}

/** As it would be typed, with references for secrets. */
export const byHand = ({ argv, stdin, env = {} }: Command): string => {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)} `)
  const input = stdin === undefined ? '' : `printf %s ${quoted(stdin)} | `
  return `${input}${variables.join('')}${shellLine(argv)}`
}
