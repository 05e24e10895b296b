import type { Family } from '../../fleet/addresses/prefix.js'
import type { PortScope } from './contract.js'
import { CHAIN, PRIORITY, setName, TABLE } from './names.js'
import type { Span } from './span.js'

/** Addresses of one family that are to be denied from now on, for that many seconds. */
export type Denying = {
  readonly scope: PortScope
  readonly family: Family
  readonly spans: readonly Span[]
  readonly ttl: number
  /** Adding a rule that stands adds a second one; adding anything else that stands does nothing. */
  readonly hasRule: boolean
}

/** What `nft -f` carries out as a whole or not at all. */
export const denyScript = (all: readonly Denying[]): string =>
  lines(
    `add table ${TABLE}`,
    `add chain ${TABLE} ${CHAIN} { type filter hook input priority ${PRIORITY}; policy accept; }`,
    ...all.flatMap(({ scope, family, spans, ttl, hasRule }) => {
      const name = setName(scope, family)
      return [
        // Never auto-merge: with timeouts it can fuse unrelated addresses, and what it has merged cannot be removed.
        `add set ${TABLE} ${name} { type ${TYPE[family]}; flags interval, timeout; }`,
        ...(hasRule ? [] : [`add rule ${TABLE} ${CHAIN} ${ruleFor(scope, family)}`]),
        // Only what stands can be deleted, and only what does not stand is sure to get the new timeout.
        ...removal(name, spans),
        `add element ${TABLE} ${name} { ${spans.map(({ text }) => `${text} timeout ${ttl}s`).join(', ')} }`,
      ]
    }),
  )

/** Takes those out of the sets of these names. */
export const allowScript = (
  all: readonly { readonly name: string; readonly spans: readonly Span[] }[],
): string => lines(...all.flatMap(({ name, spans }) => removal(name, spans)))

const TYPE = { ipv4: 'ipv4_addr', ipv6: 'ipv6_addr' } as const satisfies { readonly [F in Family]: string }

const ruleFor = ({ protocol, ports: { from, to } }: PortScope, family: Family): string => {
  const ports = from === to ? from : `${from}-${to}`
  const source = `${family === 'ipv4' ? 'ip' : 'ip6'} saddr @${setName({ protocol, ports: { from, to } }, family)}`
  return `${protocol} dport ${ports} ${source} counter drop`
}

/** Adds them first: to delete what has expired a moment ago would undo the whole, and to add what stands does not. */
const removal = (name: string, spans: readonly Span[]): readonly string[] =>
  ['add', 'delete'].map(
    verb => `${verb} element ${TABLE} ${name} { ${spans.map(({ text }) => text).join(', ')} }`,
  )

const lines = (...all: readonly string[]): string => all.map(line => `${line}\n`).join('')
