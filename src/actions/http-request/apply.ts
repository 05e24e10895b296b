import * as z from 'zod'
import type { Plan } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { asJson, hostOf, readChange } from './call.js'

const answered = z.object({ status: z.number(), body: z.string() })

export const apply = async ({ changes }: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const call = readChange(changes)
  const host = hostOf(call)
  const done = await ctx.op({ kind: 'request', key: 'request', target: host, args: asJson(call) })
  if (!done.ok) return done
  const seen = answered.safeParse(done.value)
  if (seen.success) return ok({ output: seen.data, summary: `${host} answered ${seen.data.status}` })
  // The operator knows that it happened; nobody saw the answer.
  const output = { status: call.expect_status?.[0] ?? 200, body: '' }
  return ok({ output, summary: `${host} did it; its answer is not known` })
}
