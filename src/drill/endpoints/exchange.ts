import { between } from '../random.js'
import type { EndpointRequest, Stage } from '../stage.js'

/** How long a request and its reply are on their way together, in virtual milliseconds. */
export type Latency = { readonly from: number; readonly to: number }

/**
 * One request and its reply on the virtual clock: half the time to come in, then `answer` looks at the
 * world or changes it, then the other half to go out. A client that leaves before its request came in
 * changes nothing (undefined); one that leaves later does not know that it did.
 *
 * The time depends on the kind of request and the moment: never on the order in which requests arrive, nor
 * on what a client puts into them, which differs from one incident to the next.
 */
export const exchange = async <T>(
  stage: Stage,
  options: {
    readonly request: EndpointRequest
    /** What tells this request from others of its kind that are answered at the same moment. */
    readonly key: string
    readonly latency: Latency
    readonly gone: AbortSignal
  },
  answer: () => T,
): Promise<T | undefined> => {
  const { clock } = stage
  const { request, latency, gone } = options
  const arrived = clock.now()
  const kind = `${request.endpoint} ${request.target} ${request.operation}`
  const key = `${kind} ${options.key}`
  const total = Math.round(between(latency, stage.world().seed, 'latency', arrived, kind))
  const came = await clock.park(arrived + Math.floor(total / 2), { key, signal: gone })
  stage.record(request)
  if (came === 'aborted') return undefined
  const reply = answer()
  await clock.park(arrived + total, { key, signal: gone })
  return reply
}
