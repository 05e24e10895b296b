import * as z from 'zod'
import type { JsonObject } from '../../domain/json.js'
import type { Change } from '../../domain/plan.js'
import { type TextOrSecret, textOrSecret } from '../secret-reference.js'
import { quoted } from '../shell-line.js'

/** One request, as the plan shows it and as the op's args hold it. Secrets are references in it. */
export const call = z.object({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string(),
  headers: z.record(z.string(), textOrSecret).optional(),
  body: z.json().optional(),
  /** Milliseconds. */
  timeout: z.number(),
  expect_status: z.array(z.number()).optional(),
})
export type Call = z.output<typeof call>

/** An absent key is absent here, never undefined. */
export const asJson = (one: Call): JsonObject => one as JsonObject

/** What the operator types, and the journal calls it. */
export const hostOf = ({ url }: Pick<Call, 'url'>): string => new URL(url).host

export const changeFor = (after: Call): Change => ({
  verb: 'request',
  resource: `${after.method} ${after.url}`,
  before: null,
  after: asJson(after),
})

/** Reads the change of an agreed plan; it was made by `changeFor`, perhaps in another process. */
export const readChange = ([change]: readonly Change[]): Call => call.parse(change?.after)

/** As it would be typed, with references for secrets. */
export const byHand = ({ method, url, headers = {}, body }: Call): string => {
  const named = Object.entries(headers).map(([name, value]) => ` -H ${quoted(headerLine(name, value))}`)
  const sent =
    body === undefined ? '' : ` --data-binary ${quoted(typeof body === 'string' ? body : JSON.stringify(body))}`
  return `curl -X ${method}${named.join('')}${sent} ${quoted(url)}`
}

const headerLine = (name: string, value: TextOrSecret): TextOrSecret =>
  typeof value === 'string' ? `${name}: ${value}` : { ...value, prefix: `${name}: ${value.prefix ?? ''}` }
