import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { ok, type Result } from '../../../domain/result.js'
import { parsePrefix } from '../../../fleet/addresses/parse-prefix.js'
import { touching } from '../../../fleet/addresses/touching.js'
import { prefixSchema } from '../../../fleet/filters/filter.js'
import { defineOp, type Hands } from '../../contract.js'

const args = z.object({ proxy: z.string(), admin: z.string(), prefixes: z.array(prefixSchema) })
type Args = z.output<typeof args>

/** Only sessions of addresses that are denied, each looked up by its address: nobody of the allowlist is among them. */
const effect = async (
  { admin, prefixes }: Args,
  _token: string,
  { providers }: Hands,
): Promise<Result<Json>> => {
  const haproxy = providers.haproxy(admin)
  const sessions = await haproxy.sessions()
  if (!sessions.ok) return sessions
  const find = touching(prefixes.map(prefix => ({ prefix })))
  let ended = 0
  for (const session of sessions.value) {
    const parsed = parsePrefix(session.address)
    if (!parsed.ok || find(parsed.value.prefix).length === 0) continue
    const shut = await haproxy.shutSession(session)
    if (!shut.ok) return shut
    if (shut.value === 'shut') ended += 1
  }
  return ok({ ended, told: `${ended} ${ended === 1 ? 'connection' : 'connections'} ended` })
}

export const endConnections = defineOp(args, {
  effect,
  // Whoever is denied and still connected is ended; to look again and end the rest does nothing twice.
  probe: async () => ({ state: 'not-done', evidence: 'who is still connected is looked at again' }),
  undo: 'irreversible',
  byHand: ({ proxy }) =>
    `# on ${proxy}: \`show sess\`, then \`shutdown session <pointer>\` for each of those addresses`,
})
