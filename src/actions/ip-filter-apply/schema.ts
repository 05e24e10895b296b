import * as z from 'zod'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import { FILTER_BY, type Guardrails } from '../../fleet/fleet.js'
import { duration } from '../../fleet/schema-values.js'
import { defineAction, type Refusal } from '../contract.js'
import { parsePorts } from '../ip-filter/denial.js'
import { refusalOf } from './guardrail.js'

const address = z.string().superRefine((text, context) => {
  const parsed = parsePrefix(text)
  if (parsed.ok) return
  const { message, next } = parsed.failure
  context.addIssue({ code: 'custom', message: `must be an address or a prefix: ${message}. ${next}` })
})

const ports = z
  .union([z.int(), z.string()])
  .refine(
    written => parsePorts(String(written)) !== undefined,
    'must be a port, or the first and the last of some: 11211 or 11211-11214',
  )

const input = z.strictObject({
  cluster: z.string().describe('Name of the cluster in the fleet file'),
  addresses: z
    .array(address)
    .min(1, 'must name somebody: where nobody is suspected, a filter is the wrong tool')
    .describe('Addresses and prefixes to block, such as the suspects of `clients.top`'),
  ports: ports.describe('Of the proxies, that are closed to them: 11211 or 11211-11214'),
  protocol: z.enum(['tcp', 'udp']).describe('Which of the two is closed to them'),
  ttl: duration
    .optional()
    .describe(
      'How long it stands, at most `filter.max_ttl`; `filter.default_ttl` of the fleet file unless given',
    ),
  by: z
    .enum(FILTER_BY)
    .optional()
    .describe(
      'How: by `deny_list` at HAProxy, by `nftables` on the hosts of the proxies, by `network_acl` before their subnets; as the fleet file says unless given',
    ),
  known: z
    .enum(['keep', 'block'])
    .default('keep')
    .describe(
      'Whether addresses that came on a calm day are kept from it, or blocked too (asks for a typed word)',
    ),
  reset: z
    .boolean()
    .default(false)
    .describe('Whether connections that are open now are ended as well, which cannot be undone'),
  operator: z
    .string()
    .min(1)
    .optional()
    .describe('The address you come from, never blocked; `ssh`, or nothing: the one that SSH_CONNECTION says'),
})

const prefixes = z.array(z.string())

const output = z.object({
  filter: z.string().describe('Its name, by which `ip-filter.remove` and `firebreak expire` know it'),
  blocked: prefixes.describe('What is denied'),
  kept: prefixes.describe('What was left out of the addresses, and stays allowed'),
  places: prefixes.describe('Where it stands'),
  connections: z.number().describe('Open when it was planned, of addresses that are blocked'),
  ended: z.number().describe('Connections that were ended; 0 without `reset`'),
})

export type Input = z.output<typeof input>

/** Of what is written as it is: an expression stands for itself only later. */
const refusedBy = (
  { addresses, ttl }: { readonly [key: string]: unknown },
  guardrails: Guardrails,
): Refusal | undefined => {
  const prefixes = (Array.isArray(addresses) ? addresses : []).flatMap(text => {
    const parsed = typeof text === 'string' ? parsePrefix(text) : undefined
    return parsed?.ok ? [parsed.value.prefix] : []
  })
  const asked = typeof ttl === 'string' ? duration.safeParse(ttl).data : undefined
  return refusalOf({ prefixes, ttl: asked }, guardrails)
}

export const ipFilterApply = defineAction({
  name: 'ip-filter.apply',
  summary:
    'Blocks clients by address for a time, at one cluster and port; never anybody of the allowlist, ourselves or the operator',
  input,
  output,
  needs: [],
  refusedBy,
  permissions: [
    'ec2:DescribeNetworkAcls',
    'ec2:CreateNetworkAclEntry',
    'ec2:DeleteNetworkAclEntry',
    'ec2:CreateTags',
    'ec2:DeleteTags',
  ],
  load: () => import('./behaviour.js'),
})
