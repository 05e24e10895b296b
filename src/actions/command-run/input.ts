import * as z from 'zod'
import type { JsonObject } from '../../domain/json.js'
import type { Guardrails } from '../../fleet/fleet.js'
import { duration } from '../../fleet/schema-values.js'
import type { Refusal } from '../contract.js'
import { textOrSecret } from '../secret-reference.js'
import { allowed } from './command.js'

// What an operator may write of a program, wherever it runs.

const READABLE = 'argv is readable by every process of the machine'

/** A reference where none is taken is refused with the reason; anything else with the usual words. */
const argument = z
  .string({
    error: ({ input }) =>
      typeof input === 'object' && input !== null && 'secret' in input
        ? `must not be a secret: ${READABLE}; give it through \`stdin\` or \`env\``
        : undefined,
  })
  .refine(word => !word.includes('\0'), 'must not have a zero byte: no program could be given it')

export const argv = z.array(argument).min(1)

export const stdin = textOrSecret.optional().describe('What it reads: text, or { secret: NAME }')

const LONGEST_MS = 3_600_000

export const timeout = duration.refine(ms => ms <= LONGEST_MS, 'must be at most 1h').prefault('60s')

/** Programs that no line of the fleet file's `guardrails.commands` begins like. */
export const refusedCommand = (written: JsonObject, { commands }: Guardrails): Refusal | undefined => {
  for (const key of ['argv', 'undo']) {
    const words = z.array(z.string().nullable()).safeParse(written[key])
    const may = words.success ? allowed(commands, words.data) : undefined
    if (may && !may.ok) return { key, message: may.failure.message, next: may.failure.next }
  }
  return undefined
}
