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
