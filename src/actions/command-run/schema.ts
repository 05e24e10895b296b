import * as z from 'zod'
import { duration } from '../../fleet/schema-values.js'
import { defineAction } from '../contract.js'
import { textOrSecret } from '../secret-reference.js'
import { allowed } from './command.js'

const READABLE = 'argv is readable by every process of the machine'

/** A reference where none is taken is refused with the reason; anything else with the usual words. */
const argument = z.string({
  error: ({ input }) =>
    typeof input === 'object' && input !== null && 'secret' in input
      ? `must not be a secret: ${READABLE}; give it through \`stdin\` or \`env\``
      : undefined,
})

const argv = z.array(argument).min(1)

/** What decides which program it is, or what else runs inside it: the prefixes of the fleet file would guard nothing. */
const FIXED =
  /^(?:PATH|ENV|BASH_ENV|IFS|SHELLOPTS|NODE_OPTIONS|PYTHONPATH|PERL5(?:LIB|OPT)|(?:LD|DYLD|FIREBREAK)_.*)$/

const variable = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable')
  .refine(name => !FIXED.test(name), 'cannot be set here: it would change which program runs')

const LONGEST_MS = 3_600_000

const input = z.strictObject({
  argv: argv.describe(
    'The program and its arguments; no shell reads them, and the fleet file lists how they may begin',
  ),
  stdin: textOrSecret.optional().describe('What it reads: text, or { secret: NAME }'),
  env: z.record(variable, textOrSecret).optional().describe('Variables for it: text, or { secret: NAME }'),
  timeout: duration
    .refine(ms => ms <= LONGEST_MS, 'must be at most 1h')
    .prefault('60s')
    .describe('After which it is stopped'),
  undo: argv.optional().describe('The command that takes it back; without one it cannot be undone'),
})

const output = z.object({
  stdout: z.string().describe('Its beginning, where it is longer than 64 KiB'),
  stderr: z.string().describe('As stdout'),
  exit: z.number().describe('Its exit code: 0'),
})

export type Input = z.output<typeof input>

export const commandRun = defineAction({
  name: 'command.run',
  summary: 'Runs a program of this machine, whose first words the fleet file lists; without a shell',
  input,
  output,
  needs: [],
  irreversible: { unless: 'undo' },
  refusedBy: (written, { commands }) => {
    for (const key of ['argv', 'undo']) {
      const argv = z.array(z.string().nullable()).safeParse(written[key])
      const may = argv.success ? allowed(commands, argv.data) : undefined
      if (may && !may.ok) return { key, message: may.failure.message, next: may.failure.next }
    }
    return undefined
  },
  permissions: [],
  load: () => import('./behaviour.js'),
})
