import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { catalogue } from '../../../src/commands/support/catalogue.js'
import { lintRunbooks } from '../../../src/runbook/lint.js'

const TORTURE = fileURLToPath(new URL('../../torture/runbooks/', import.meta.url))
const SHIPPED = fileURLToPath(new URL('../../../runbooks/', import.meta.url))

const runbooksIn = (dir: string): readonly string[] =>
  readdirSync(dir)
    .filter(name => name.endsWith('.yaml') && name !== 'fleet.yaml')
    .map(name => `${dir}${name}`)

test('what is shipped has no finding at all', async () => {
  const { report } = await lintRunbooks(runbooksIn(SHIPPED), catalogue)
  expect(report.findings).toEqual([])
})

test('what is run on end has only actions that nothing verifies', async () => {
  const { report } = await lintRunbooks(runbooksIn(TORTURE), catalogue)
  expect(report.findings.filter(({ rule }) => rule !== 'no-verify')).toEqual([])
})
