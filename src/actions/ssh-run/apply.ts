import type { Json } from '../../domain/json.js'
import type { Plan } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import { programOf } from '../command-run/command.js'
import type { Applied, Apply } from '../contract.js'
import { type Errand, errand, errandRequest, ran } from '../over-ssh/errand.js'
import { inBatches, shortfall } from '../over-ssh/in-batches.js'

export const apply = async ({ changes }: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const errands = changes.map(({ after }) => errand.parse(after))
  const requests = errands.map(errandRequest)
  const results = await inBatches(requests, ctx)
  const failure = shortfall(requests, results)
  const done = errands.flatMap((one, index) => endOf(one, results[index]))
  const program = programOf(errands[0]?.argv ?? [])
  return ok({
    output: { ran: done },
    summary: failure?.message ?? `${program} was run on ${done.map(({ target }) => target).join(', ')}`,
    ...(failure ? { failure } : {}),
  })
}

/** Where an operator knows that it happened, nobody saw what it said. */
const endOf = ({ target, exits }: Errand, result: Result<Json> | undefined) => {
  if (!result?.ok) return []
  const seen = ran.safeParse(result.value)
  return [{ target, ...(seen.success ? seen.data : { exit: exits[0] ?? 0, stdout: '', stderr: '' }) }]
}
