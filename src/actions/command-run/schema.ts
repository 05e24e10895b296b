import * as z from 'zod'
import { defineAction } from '../contract.js'
import { textOrSecret } from '../secret-reference.js'
import { argv, refusedCommand, stdin, timeout } from './input.js'

/** What decides which program it is, or what else runs inside it: the prefixes of the fleet file would guard nothing. */
const FIXED =
  /^(?:PATH|ENV|BASH_ENV|IFS|SHELLOPTS|NODE_OPTIONS|PYTHONPATH|PERL5(?:LIB|OPT)|(?:LD|DYLD|FIREBREAK)_.*)$/

const variable = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable')
  .refine(name => !FIXED.test(name), 'cannot be set here: it would change which program runs')

const input = z.strictObject({
  argv: argv.describe(
    'The program and its arguments; no shell reads them, and the fleet file lists how they may begin',
  ),
  stdin,
  env: z.record(variable, textOrSecret).optional().describe('Variables for it: text, or { secret: NAME }'),
  timeout: timeout.describe('After which it is stopped'),
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
  refusedBy: refusedCommand,
  permissions: [],
  load: () => import('./behaviour.js'),
})
