import * as z from 'zod'
import type { Plan } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { asJson, programOf, readChange } from './command.js'

const ran = z.object({ stdout: z.string(), stderr: z.string(), exit: z.number() })

export const apply = async ({ changes }: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const command = readChange(changes)
  const program = programOf(command.argv)
  const done = await ctx.op({ kind: 'run', key: 'run', target: program, args: asJson(command) })
  if (!done.ok) return done
  const seen = ran.safeParse(done.value)
  if (seen.success) return ok({ output: seen.data, summary: `${program} ended with ${seen.data.exit}` })
  // The operator knows that it happened; nobody saw what it said.
  return ok({
    output: { stdout: '', stderr: '', exit: 0 },
    summary: `${program} was run; its output is not known`,
  })
}
