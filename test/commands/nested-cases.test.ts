import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { playCase } from '../../src/commands/support/testing/play-case.js'
import { prepareTests } from '../../src/commands/support/testing/suite.js'
import { toCover } from '../../src/testing/coverage.js'
import { differences } from '../../src/testing/verdict.js'
import { okOf } from '../engine/results.js'
import { testStreams } from '../hosts/streams.js'

const SHIPPED = fileURLToPath(new URL('../../runbooks', import.meta.url))

const CLUSTER = `inputs:
  cluster: { type: cluster, ask: Which }
`
const LOOK = `check: proxy.connections, with: { cluster: "\${{ inputs.cluster }}" }, on_failure: continue`

const NEST = `runbook: nest
title: Steps in steps
${CLUSTER}steps:
  - id: both
    parallel:
      left:
        - { id: look, ${LOOK}, expect: size(result.hot) == 0 }
        - id: sure
          ask: Sure?
          choices:
            yes: { label: "Yes", recommended: true, goto: quiet }
            no: { label: "No", goto: call }
        - { id: call, manual: Call somebody }
        - { id: quiet, when: outcome("look") == "failed", wait: 1m }
      right:
        - { id: pause, wait: 2m }
  - id: all
    each: "\${{ [1, 2] }}"
    as: item
    steps:
      - { id: again, ${LOOK}, expect: item > 1 }
      - { id: rest, wait: 10s }
  - { id: sub, run: called, with: { cluster: "\${{ inputs.cluster }}" } }
  - { id: over, end: resolved }
`

const CALLED = `runbook: called
title: Called
${CLUSTER}steps:
  - { id: look, ${LOOK} }
  - id: page
    ask: Page?
    choices:
      now: { label: Now, recommended: true, end: mitigated }
      later: { label: Later, end: unresolved }
`

const TESTS = `runbook: nest
cases:
  - name: every step inside others is known by its id
    scenario: nest
    seed: 3
    answers: { page: now }
    expect:
      outcome: resolved
      steps: { both: done, look: failed, sure: answered, call: not-visited, quiet: done, rest: done, sub: done }
  - name: a choice inside leads on inside
    scenario: nest
    seed: 3
    answers: { sure: no }
    expect: { outcome: resolved, steps: { call: done, quiet: done, pause: done } }
`

const SCENARIO = `scenario: nest
title: One proxy is hot
runbook: nest
inputs: { cluster: us-east-c1 }
clusters:
  us-east-c1: { proxies: 6, shards: 4, connections: 400, limit: 4000 }
faults:
  - { kind: hot-host, cluster: us-east-c1, role: proxy, begins: { from: -4m, to: -3m }, factor: { from: 5, to: 8 }, ramp: { from: 45s, to: 60s } }
`

it('cases of a runbook with steps in steps come out and cover it, and a runbook that it calls is not mixed in', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-nested-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  for (const folder of ['drills', 'tests']) mkdirSync(path.join(dir, folder))
  cpSync(path.join(SHIPPED, 'fleet.yaml'), path.join(dir, 'fleet.yaml'))
  writeFileSync(path.join(dir, 'nest.yaml'), NEST)
  writeFileSync(path.join(dir, 'called.yaml'), CALLED)
  writeFileSync(path.join(dir, 'drills', 'nest.yaml'), SCENARIO)
  const file = path.join(dir, 'tests', 'nest.test.yaml')
  writeFileSync(file, TESTS)

  const { said, ...streams } = testStreams()
  const suites = await prepareTests({ ...streams, env: {}, cwd: dir }, [file], { runbooks: dir })
  if ('exit' in suites) throw new Error(said.err())
  const [suite] = suites.value
  const covered = new Set<string>()
  for (const { name, job, expect: wanted } of suite!.cases) {
    const played = okOf(await playCase(job))
    expect(differences(wanted, played), name).toEqual([])
    for (const item of played.covered) covered.add(item)
  }
  expect(toCover(suite!.runbook).filter(item => !covered.has(item))).toEqual(['when quiet is false'])
})
