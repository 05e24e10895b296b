import { formatDuration } from '../../domain/duration.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import type { Guardrails } from '../../fleet/fleet.js'
import type { Look } from '../../providers/look.js'
import type { Scope } from '../ip-filter/denial.js'
import { parsePorts } from './ports.js'
import type { Input } from './schema.js'
import { widerThan } from './widest.js'

/** What is asked for, within what the guardrails allow. `ttl` in milliseconds; `taken` says what was read otherwise. */
export type Asked = {
  readonly candidates: readonly Prefix[]
  readonly scope: Scope
  readonly ttl: number
  readonly taken: readonly string[]
}

export const readAsked = (
  input: Input,
  { fleet: { file, guardrails } }: Pick<Look, 'fleet'>,
): Result<Asked> => {
  const { filter } = guardrails
  if (!filter)
    return fail(
      'guardrail.refused',
      `${file} has no guardrail \`filter\`, and without one nobody is blocked`,
      'write how wide and how long: filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m }',
    )
  const read = readAll(input.addresses, filter)
  if (!read.ok) return read
  const ports = parsePorts(String(input.ports))
  if (!ports) return fail('input.invalid', `${input.ports} is no range of ports`, 'write 11211 or 11211-11214')
  const ttl = input.ttl ?? filter.defaultTtl
  if (ttl > filter.maxTtl)
    return fail(
      'guardrail.refused',
      `it would stand for ${formatDuration(ttl)}; filter.max_ttl is ${formatDuration(filter.maxTtl)}`,
      'name a shorter time; a filter that is still needed then is put up again',
    )
  return ok({ ...read.value, scope: { protocol: input.protocol, ports }, ttl })
}

type Filter = NonNullable<Guardrails['filter']>

const readAll = (texts: readonly string[], filter: Filter): Result<Pick<Asked, 'candidates' | 'taken'>> => {
  const candidates = new Set<Prefix>()
  const taken: string[] = []
  for (const text of texts) {
    const parsed = parsePrefix(text)
    if (!parsed.ok) return parsed
    const tooWide = widerThan(parsed.value.prefix, filter)
    if (tooWide !== undefined)
      return fail('guardrail.refused', tooWide, 'name narrower prefixes, or single addresses')
    candidates.add(parsed.value.prefix)
    if (parsed.value.taken !== undefined) taken.push(parsed.value.taken)
  }
  return ok({ candidates: [...candidates], taken })
}
