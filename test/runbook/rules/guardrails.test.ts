import { describe, expect, test } from 'vitest'
import { catalogue, catalogueFor } from '../../../src/commands/support/catalogue.js'
import { parseRunbook } from '../../../src/runbook/load.js'

const CAREFUL = {
  guardrails: {
    maxUnavailableProxies: { conservative: 1, aggressive: 2 },
    failures: { conservative: 2, aggressive: 5 },
    commands: [
      ['systemctl', 'reload'],
      ['ss', '-s'],
    ],
  },
}

const runbook = (action: string, given: string) => `runbook: test
title: Test
inputs:
  unit: { type: string }
steps:
  - id: act
    action: ${action}
    with: ${given}
  - id: over
    manual: \${{ inputs.unit }}
  - id: end_it
    end: resolved
`

const refusedIn = (action: string, given: string, known = catalogueFor(CAREFUL)) =>
  parseRunbook(runbook(action, given), 'test.yaml', known).diagnostics.filter(
    ({ rule }) => rule === 'guardrail-always-refuses',
  )

describe('an action that a guardrail would refuse whenever it is planned', () => {
  test.each([
    ['command.run', '{ argv: [reboot] }', 20],
    ['command.run', '{ argv: [systemctl, restart, haproxy] }', 20],
    ['command.run', '{ argv: [systemctl] }', 20],
    ['command.run', '{ argv: [ss, -s], undo: [rm, -rf, /] }', 36],
    ['proxy.drain', '{ proxies: [a, b, c] }', 23],
  ])('is found: %s with %s', (action, given, column) => {
    expect(refusedIn(action, given)).toMatchObject([{ severity: 'error', line: 8, column }])
  })

  test.each([
    ['command.run', '{ argv: [systemctl, reload, haproxy] }'],
    ['command.run', '{ argv: [systemctl, "${{ inputs.unit }}"] }'],
    ['command.run', '{ argv: ["${{ inputs.unit }}", reload] }'],
    ['command.run', '{ argv: [ss, -s], undo: [systemctl, reload, x] }'],
    ['proxy.drain', '{ proxies: [a, b] }'],
    ['proxy.drain', '{ proxies: [a, a, a] }'],
    ['proxy.drain', '{ proxies: [a, b, "${{ inputs.unit }}"] }'],
    ['proxy.enable', '{ proxies: [a, b, c, d] }'],
  ])('is not what may pass: %s with %s', (action, given) => {
    expect(refusedIn(action, given)).toEqual([])
  })

  test('is not spoken of where no fleet is known', () => {
    expect(refusedIn('command.run', '{ argv: [reboot] }', catalogue)).toEqual([])
  })
})

describe('a flush that no posture would let pass', () => {
  const withFlush = (conservative: number, aggressive: number) =>
    catalogueFor({
      guardrails: {
        ...CAREFUL.guardrails,
        flush: { maxFraction: { conservative, aggressive }, per: 600_000 },
      },
    })
  const refusals = (shards: string, known = withFlush(0.25, 0.5)) =>
    refusedIn('cache.flush', `{ cluster: c1, shards: ${shards} }`, known).map(({ message }) => message)

  test('is one of all shards where less than the whole may be flushed', () => {
    expect(refusals('all')).toEqual([expect.stringContaining('flush.max_fraction is at most 0.5')])
    expect(refusals('all', withFlush(0.25, 1))).toEqual([])
  })

  test('is not one of some shards: what they hold is only known when it is planned', () => {
    expect(refusals('[s1, s2, s3]')).toEqual([])
    expect(refusals('["${{ inputs.unit }}"]')).toEqual([])
    expect(refusals('"${{ inputs.unit }}"')).toEqual([])
  })

  test('is any where nothing may be flushed, or where the fleet file does not say how much may', () => {
    expect(refusals('[s1]', withFlush(0, 0))).toHaveLength(1)
    expect(refusals('[s1]', catalogueFor(CAREFUL))).toEqual([
      expect.stringContaining('the fleet file has no guardrails.flush'),
    ])
  })
})
