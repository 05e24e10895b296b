import { describe, expect, it } from 'vitest'
import {
  literal,
  namesOf,
  partNameProblem,
  summaryProblem,
} from '../../src/commands/support/templates/code/part.js'
import { isRegistered, withLine } from '../../src/commands/support/templates/code/register.js'

const REGISTRY = `import { commandRun } from './command-run/schema.js'
import type { ActionSpec } from './contract.js'
import { proxyDrain } from './proxy-drain/schema.js'

/** Every action, by its name. */
const ACTIONS = {
  'command.run': commandRun,
  'proxy.drain': proxyDrain,
} as const satisfies { readonly [name: string]: unknown }

export const actions = ACTIONS
`

/** Lines that the registry has with it and not without it, each with the line before it. */
const added = (name: string): string[] => {
  const before = new Set(REGISTRY.split('\n'))
  const lines = withLine(REGISTRY, namesOf(name, 'S'))?.split('\n') ?? []
  return lines.flatMap((line, index) => (before.has(line) ? [] : [`${lines[index - 1] ?? ''} | ${line}`]))
}

describe('a line in a registry', () => {
  it('stands before the first that comes after it', () => {
    expect(added('cache.flush')).toEqual([
      " | import { cacheFlush } from './cache-flush/schema.js'",
      "const ACTIONS = { |   'cache.flush': cacheFlush,",
    ])
  })

  it('stands between two, its import after the contract that comes before it', () => {
    expect(added('dns.move')).toEqual([
      "import type { ActionSpec } from './contract.js' | import { dnsMove } from './dns-move/schema.js'",
      "  'command.run': commandRun, |   'dns.move': dnsMove,",
    ])
  })

  it('stands last where all others come before it', () => {
    expect(added('traffic.rebalance')).toEqual([
      "import { proxyDrain } from './proxy-drain/schema.js' | import { trafficRebalance } from './traffic-rebalance/schema.js'",
      "  'proxy.drain': proxyDrain, |   'traffic.rebalance': trafficRebalance,",
    ])
  })

  it('is not put into a text that is no registry', () => {
    expect(withLine('export const actions = {}\n', namesOf('dns.move', 'S'))).toBeUndefined()
  })

  it('is known once it is there', () => {
    const names = namesOf('dns.move', 'S')
    expect(isRegistered(REGISTRY, names)).toBe(false)
    expect(isRegistered(withLine(REGISTRY, names) ?? '', names)).toBe(true)
    expect(isRegistered(REGISTRY, namesOf('proxy.drain', 'S'))).toBe(true)
  })
})

describe('the name of a check or an action', () => {
  it('gives its folder and its identifier', () => {
    expect(namesOf('ec2.instance-status', ' S ')).toEqual({
      name: 'ec2.instance-status',
      folder: 'ec2-instance-status',
      identifier: 'ec2InstanceStatus',
      summary: 'S',
    })
  })

  it.each(['dns.resolve', 'ec2.instance-status', 'a.b.c-2'])('may be %s', name => {
    expect(partNameProblem(name)).toBeUndefined()
  })

  it.each(['dns', 'Dns.resolve', 'dns.', '.resolve', 'dns..resolve', 'dns.-x', 'dns/resolve', '2.x', ''])(
    'may not be %j',
    name => {
      expect(partNameProblem(name)).toContain('such as dns.resolve')
    },
  )
})

describe('its summary', () => {
  it('is one line of words', () => {
    expect(summaryProblem('Resolves a name')).toBeUndefined()
    expect(summaryProblem(' ')).toContain('a few words')
    expect(summaryProblem('one\ntwo')).toBe('a summary is one line')
  })

  it.each([
    ['plain', `'plain'`],
    ["who's there", `"who's there"`],
    [`it's "there"`, `'it\\'s "there"'`],
    ['a \\ b', `'a \\\\ b'`],
  ])('%s is written into code as %s', (text, code) => {
    expect(literal(text)).toBe(code)
  })
})
