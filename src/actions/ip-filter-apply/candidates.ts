import { fail, ok, type Result } from '../../domain/result.js'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import type { Fleet } from '../../fleet/fleet.js'
import { parsePorts, type Scope } from '../ip-filter/denial.js'
import { refusalOf } from './guardrail.js'
import type { Input } from './schema.js'

/** What is asked for, within what the guardrails allow. `ttl` in milliseconds; `taken` says what was read otherwise. */
export type Asked = {
  readonly candidates: readonly Prefix[]
  readonly scope: Scope
  readonly ttl: number
  readonly taken: readonly string[]
}

export const readAsked = (
  input: Input,
  { fleet: { guardrails } }: { readonly fleet: Pick<Fleet, 'guardrails'> },
): Result<Asked> => {
  const read = readAll(input.addresses)
  if (!read.ok) return read
  const ports = parsePorts(String(input.ports))
  if (!ports) return fail('input.invalid', `${input.ports} is no range of ports`, 'write 11211 or 11211-11214')
  const ttl = input.ttl ?? guardrails.filter?.defaultTtl ?? 0
  const refusal = refusalOf({ prefixes: read.value.candidates, ttl }, guardrails)
  if (refusal) return fail('guardrail.refused', refusal.message, refusal.next)
  return ok({ ...read.value, scope: { protocol: input.protocol, ports }, ttl })
}

const readAll = (texts: readonly string[]): Result<Pick<Asked, 'candidates' | 'taken'>> => {
  const candidates = new Set<Prefix>()
  const taken: string[] = []
  for (const text of texts) {
    const parsed = parsePrefix(text)
    if (!parsed.ok) return parsed
    candidates.add(parsed.value.prefix)
    if (parsed.value.taken !== undefined) taken.push(parsed.value.taken)
  }
  return ok({ candidates: [...candidates], taken })
}
