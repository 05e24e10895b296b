import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lintTests } from '../../src/commands/support/testing/lint-tests.js'
import { loadFleet } from '../../src/fleet/load.js'

const RUNBOOKS = fileURLToPath(new URL('../../runbooks', import.meta.url))

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'fb-lint-tests-'))
  cpSync(RUNBOOKS, dir, { recursive: true })
})
afterEach(() => rmSync(dir, { recursive: true }))

const FILE = 'tests/proxy-connection-surge.test.yaml'

/** What is found once that word is written otherwise. */
const found = async (right: string, wrong: string, around?: Parameters<typeof lintTests>[1]) => {
  const file = path.join(dir, FILE)
  writeFileSync(file, readFileSync(file, 'utf8').replace(right, wrong))
  const { diagnostics } = await lintTests(file, around)
  return diagnostics.map(({ line, message, suggestion }) => `${line} ${message}; ${suggestion}`)
}

it('lint finds nothing in the tests that are shipped', async () => {
  expect(await found('', '')).toEqual([])
})

it.each([
  [
    'runbook: proxy-connection-surge',
    'runbook: proxy-conection-surge',
    '2 `proxy-conection-surge` is not a runbook; did you mean `proxy-connection-surge`?',
  ],
  [
    'scenario: one-hot-proxy',
    'scenario: one-hot-prox',
    '5 `one-hot-prox` is not a scenario; did you mean `one-hot-proxy`?',
  ],
  [
    'replace: applied',
    'replac: applied',
    '9 `replac` is not a step of proxy-connection-surge; did you mean `replace`?',
  ],
  [
    'healthy_replaced: 0',
    'healthy_replacd: 0',
    '10 `healthy_replacd` is not a measure of a drill; did you mean `healthy_replaced`?',
  ],
])('lint of tests tells where %j is written as %j', async (right, wrong, finding) => {
  expect(await found(right, wrong)).toEqual([finding])
})

it('lint of tests looks in the folder that it is told of', async () => {
  const other = path.join(dir, 'drills')
  const [first] = await found('', '', { dir: other })
  expect(first).toContain('`proxy-connection-surge` is not a runbook')
})

it('lint of tests reads a runbook that is named by its path, once it knows from where', async () => {
  const named = 'runbook: ./proxy-connection-surge.yaml'
  expect(await found('runbook: proxy-connection-surge', named, { cwd: dir })).toEqual([])
  expect(await found('replace: applied', 'replac: applied')).toEqual([])
  expect(await found('', '', { cwd: dir })).toHaveLength(1)
})

it('lint of tests leaves what is wrong with the runbook to its own lint', async () => {
  const runbook = path.join(dir, 'proxy-connection-surge.yaml')
  writeFileSync(runbook, readFileSync(runbook, 'utf8').replace('steps:', 'stps:'))
  expect(await found('replace: applied', 'replac: applied')).toEqual([])
})

const GIVEN = 'seed: 3\n    inputs: '

it.each([
  ['{ cluster: us-east-c9 }', /^7 cluster cannot be "us-east-c9"; give one of: us-east-c1/],
  ['{ cluster: us-east-c1, n: many }', /^7 n cannot be "many"; give a number/],
  ['{ cluster: us-east-c1, sure: perhaps }', /^7 sure cannot be "perhaps"; give one of: true, false/],
  ['{ cluster: us-east-c1, long: 3 }', /^7 long cannot be 3; give a duration/],
  ['{ cluster: us-east-c1, way: left }', /^7 way cannot be "left"; give one of: up, down/],
])('lint of tests tells where an input is given as %s', async (inputs, finding) => {
  moreInputs()
  expect(await found('seed: 3', `${GIVEN}${inputs}`)).toEqual([expect.stringMatching(finding)])
})

it('lint of tests takes inputs as a drill would', async () => {
  moreInputs()
  const inputs = '{ cluster: us-east-c1, n: "3", sure: true, long: 90s, way: up }'
  expect(await found('seed: 3', `${GIVEN}${inputs}`)).toEqual([])
})

it('lint of tests says nothing of inputs where no fleet is known, and takes one that it is given', async () => {
  const { fleet } = await loadFleet(path.join(dir, 'fleet.yaml'))
  rmSync(path.join(dir, 'fleet.yaml'))
  expect(await found('seed: 3', `${GIVEN}{ cluster: us-east-c9 }`)).toEqual([])
  expect(await found('', '', { fleet: fleet! })).toHaveLength(1)
})

/** One of each type that can be given wrongly. */
const moreInputs = () => {
  const runbook = path.join(dir, 'proxy-connection-surge.yaml')
  const more =
    '  n: { type: number, default: 1 }\n  sure: { type: boolean, default: true }\n  long: { type: duration, default: 1m }\n  way: { type: choice, options: [up, down], default: up }\n'
  writeFileSync(runbook, readFileSync(runbook, 'utf8').replace('inputs:\n', `inputs:\n${more}`))
}
