import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { eachService } from '../conformance/service.js'
import { firebreak, journalOf, type Machine, newMachine, onlyIncident, theOnly } from './firebreak.js'

eachService(
  'a run on a real fleet',
  [{ name: 'HAProxy', binary: 'haproxy', start: startHaproxy('unix') }],
  service => {
    let first: RunningHaproxy
    let second: RunningHaproxy

    beforeAll(async () => {
      first = await service.start()
      second = await service.start()
    })
    afterAll(async () => {
      await first.stop()
      await second.stop()
    })

    it('looks at real proxies, and ends as the runbook says', async () => {
      const machine = fleetOf([first.admin, second.admin])
      const { code, stdout } = await firebreak(machine, ['run', 'look', '-i', 'cluster=edge'])
      expect(code).toBe(0)
      expect(stdout).toContain('The incident is resolved')
      const opened = theOnly(journalOf(machine, onlyIncident(machine)), 'incident.opened')
      expect(opened.data.mode).toEqual({ fleet: 'real', effects: 'applied' })
      expect(opened.wall).toBeUndefined() // `at` is wall time already
    })

    it('does not count a proxy that does not answer as fine', async () => {
      const machine = fleetOf([first.admin, 'unix:/nonexistent/admin.sock'])
      const { code } = await firebreak(machine, ['run', 'look', '-i', 'cluster=edge'])
      expect(code).toBe(1)
      const observed = theOnly(journalOf(machine, onlyIncident(machine)), 'check.observed')
      expect(observed.data.verdict).toBe('fail')
      expect(observed.data.output).toMatchObject({ unseen: [{ id: 'p2' }], worst: ['p2'] })
    })

    it('pauses at the first question that nobody is there to answer, and goes on with an answers file', async () => {
      const machine = fleetOf([first.admin, second.admin])
      const paused = await firebreak(machine, ['run', 'asking', '-i', 'cluster=edge'])
      expect(paused.code).toBe(4)
      const id = onlyIncident(machine)
      expect(paused.stderr).toContain(`firebreak resume ${id}`)

      writeFileSync(path.join(machine.cwd, 'answers.yaml'), 'answers: { sure: yes }\n')
      const resumed = await firebreak(machine, ['resume', id, '--answers', 'answers.yaml'])
      expect(resumed.code).toBe(0)
      const journal = journalOf(machine, id)
      expect(theOnly(journal, 'question.answered').data).toMatchObject({ option: 'yes', by: 'answers' })
      expect(theOnly(journal, 'incident.ended').data.outcome).toBe('resolved')
    })

    it('a dry-run says that it is one, in every line that could be taken for more', async () => {
      const machine = fleetOf([first.admin, second.admin])
      const { code, stdout } = await firebreak(machine, [
        'run',
        'asking',
        '-i',
        'cluster=edge',
        '--dry-run',
        '--auto',
      ])
      expect(code).toBe(0)
      expect(stdout).toContain('DRY-RUN: nothing was changed')
      const types = journalOf(machine, onlyIncident(machine)).map(({ type }) => type)
      expect(types).toContain('dry_run.ended')
      expect(types).not.toContain('incident.ended')
    })
  },
)

const CHECK = `
  - id: survey
    check: proxy.connections
    with: { cluster: "\${{ inputs.cluster }}" }
    on_failure: { goto: bad }`

const runbook = (name: string, steps: string): string => `
runbook: ${name}
title: Look
inputs:
  cluster: { type: cluster }
steps:${CHECK}${steps}
  - id: good
    end: resolved
  - id: bad
    end: unresolved
`

const ASK = `
  - id: sure
    ask: Sure?
    choices:
      yes: { label: Yes, recommended: true, goto: good }
      no: { label: No, goto: bad }`

/** A fleet file and two runbooks, as an SRE team would have them in git. */
const fleetOf = (admins: readonly string[]): Machine => {
  const machine = newMachine()
  const targets = admins
    .map((admin, index) => `{ id: p${index + 1}, socket: "${admin.replace('unix:', '')}" }`)
    .join(', ')
  const fleet = `
clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [${targets}] }
      admin: unix:{socket}
      data: tcp://127.0.0.1:1
      frontends: [shard1, shard2]
      address: none
      min_healthy: 1
guardrails:
  max_unavailable_proxies: 1
  failures: 2
`
  const runbooks = path.join(machine.cwd, 'runbooks')
  writeAll(runbooks, {
    'fleet.yaml': fleet,
    'look.yaml': runbook('look', ''),
    'asking.yaml': runbook('asking', ASK),
  })
  return machine
}

const writeAll = (dir: string, files: Readonly<Record<string, string>>): void => {
  mkdirSync(dir)
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text)
}
