import { describe, expect, it } from 'vitest'
import { parseAssignments, resolveInputs } from '../../src/commands/support/inputs.js'
import type { Question } from '../../src/domain/question.js'
import type { InputSpec, Runbook } from '../../src/domain/runbook.js'
import type { Fleet } from '../../src/fleet/fleet.js'
import type { Host } from '../../src/hosts/contract.js'

// Only the names of its clusters are looked at.
const FLEET = { clusters: { c1: {}, c2: {} } } as unknown as Fleet

const runbookWith = (spec: InputSpec): Runbook => ({
  name: 'test',
  title: 'Test',
  triggers: [],
  inputs: { it: spec },
  steps: [],
  hash: '',
})

const resolve = (spec: InputSpec, given: string | number | boolean | undefined, host?: Host) =>
  resolveInputs(runbookWith(spec), FLEET, given === undefined ? {} : { it: given }, host)

/** A person who takes the last option, and what they were asked. */
const person = () => {
  const asked: Question[] = []
  const host: Host = {
    notify: () => {},
    request: async question => {
      asked.push(question)
      const option = question.options.at(-1)?.key ?? ''
      return { option, by: 'operator' }
    },
  }
  return { asked, host }
}

describe('inputs on the command line', () => {
  it('are names and values, and a value may have = in it', () => {
    expect(parseAssignments(['a=1', 'b=x=y', 'c='])).toEqual({ ok: true, value: { a: '1', b: 'x=y', c: '' } })
  })

  it.each([
    ['a=1', 'a=2'],
    ['a=1', 'b=1', 'a=1'],
    ['__proto__=1', '__proto__=2'],
  ])('are refused where one is given twice: %j', (...pairs) => {
    const parsed = parseAssignments(pairs)
    expect(parsed).toMatchObject({ ok: false, failure: { code: 'input.invalid' } })
    expect(!parsed.ok && parsed.failure.message).toMatch(/^-i (a|__proto__) is given twice$/)
  })
})

describe('the value of an input', () => {
  it.each<[InputSpec['type'], string | number | boolean, unknown]>([
    ['cidr', '10.1.2.3', '10.1.2.3'],
    ['cidr', '10.0.0.0/8', '10.0.0.0/8'],
    ['cidr', '0.0.0.0/0', '0.0.0.0/0'],
    ['cidr', '2001:db8::/128', '2001:db8::/128'],
    ['proxy', 'i-0123', 'i-0123'],
    ['number', '1.5', 1.5],
    ['number', 0, 0],
    ['duration', '90s', '90s'],
    ['boolean', 'false', false],
    ['boolean', true, true],
    ['cluster', 'c1', 'c1'],
  ])('of type %s may be %j', async (type, given, value) => {
    expect(await resolve({ type }, given)).toEqual({ ok: true, value: { it: value } })
  })

  it.each<[InputSpec['type'], string | number | boolean, RegExp]>([
    ...[
      '',
      'home',
      '10.0.0',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10.0.0.0/08',
      'fe80::1%eth0',
      '::/129',
    ].map((text): [InputSpec['type'], string, RegExp] => [
      'cidr',
      text,
      /give an address or a prefix.*10\.0\.0\.0\/8/,
    ]),
    ['proxy', '', /not empty/],
    ['shard', '  ', /not empty/],
    ['string', '', /not empty/],
    ['number', '', /a number/],
    ['number', '  ', /a number/],
    ['number', true, /a number/],
    ['number', 'Infinity', /a number/],
    ['duration', '0s', /longer than nothing/],
    ['duration', 'soon', /a duration such as/],
    ['boolean', 'yes', /one of: true, false/],
    ['cluster', 'c3', /one of: c1, c2/],
  ])('of type %s cannot be %j', async (type, given, next) => {
    const resolved = await resolve({ type }, given)
    expect(resolved).toMatchObject({ ok: false, failure: { code: 'input.invalid' } })
    expect(!resolved.ok && resolved.failure.next).toMatch(next)
  })
})

describe('an input that nobody gave', () => {
  it('is asked for where a person is there and it has options', async () => {
    const { asked, host } = person()
    expect(await resolve({ type: 'cluster' }, undefined, host)).toEqual({ ok: true, value: { it: 'c2' } })
    expect(asked).toHaveLength(1)
  })

  it.each(['string', 'number', 'duration', 'cidr', 'proxy', 'shard'] as const)(
    'of type %s cannot be asked for, and the failure says how to give it',
    async type => {
      const { asked, host } = person()
      const resolved = await resolve({ type }, undefined, host)
      expect(asked).toEqual([])
      expect(resolved).toMatchObject({
        failure: { code: 'input.missing', next: `give it with -i it=VALUE; a ${type} cannot be asked for yet` },
      })
    },
  )
})
