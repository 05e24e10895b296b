import * as z from 'zod'
import { argv, refusedCommand, stdin, timeout } from '../command-run/input.js'
import { defineAction } from '../contract.js'
import { ran } from '../over-ssh/errand.js'

const exitCode = z.int().min(0).max(255)

const input = z.strictObject({
  targets: z
    .array(z.string())
    .min(1)
    .describe('Ids of the proxies and shards on which it runs, of any clusters'),
  argv: argv.describe(
    'The program and its arguments, which arrive as they are: no shell reads them. The fleet file lists how they may begin',
  ),
  stdin,
  timeout: timeout.describe('After which nobody waits for it; it may run on there'),
  exit_codes: z.array(exitCode).min(1).default([0]).describe('Those that count as done'),
  undo: argv
    .optional()
    .describe('The command that takes it back on each host; without one it cannot be undone'),
})

const output = z.object({
  ran: z
    .array(ran.extend({ target: z.string() }))
    .describe('Each host with what it said: the beginning, where that is longer than 64 KiB'),
})

export type Input = z.output<typeof input>

export const sshRun = defineAction({
  name: 'ssh.run',
  summary:
    'Runs a program on proxies or shards over ssh, whose first words the fleet file lists; without a shell',
  input,
  output,
  needs: [],
  irreversible: { unless: 'undo' },
  refusedBy: refusedCommand,
  permissions: [],
  load: () => import('./behaviour.js'),
})
