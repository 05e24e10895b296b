import { fail, ok, type Result } from '../../domain/result.js'
import type { PortScope } from './contract.js'
import { isMapped, readPrefix, type Span } from './span.js'

/** Judged here, because all of it is written into a script. */
export const readInput = (
  prefixes: readonly string[],
  { ports: { from, to } }: PortScope,
): Result<readonly Span[]> => {
  if (![from, to].every(isPort) || from > to)
    return fail(
      'input.invalid',
      `${from} to ${to} cannot be a range of ports.`,
      'Give whole numbers from 1 to 65535, the lower one first. Nothing was sent.',
    )
  const spans: Span[] = []
  for (const written of prefixes) {
    const span = readPrefix(written)
    if (span === undefined) return noPrefix(written)
    if (isMapped(span)) return mapped(written)
    spans.push(span)
  }
  return ok(spans)
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535

const noPrefix = (written: string): Result<never> =>
  fail(
    'input.invalid',
    `${JSON.stringify(written)} is no prefix.`,
    'Write an address, or one with a length whose further bits are all 0, such as 192.0.2.0/24. Nothing was sent.',
  )

const mapped = (written: string): Result<never> =>
  fail(
    'input.invalid',
    `${written} is an IPv4 address written as IPv6, which no packet comes from.`,
    'Write it as IPv4. Nothing was sent.',
  )
