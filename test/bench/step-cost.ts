import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { findBinary } from '../conformance/service.js'
import { median } from './median.js'
import { type Program, time } from './pairs.js'

// What one more step costs: (100 steps - 1 step) / 99, as whole processes, so that starting up is no part of it.

const STEPS = 100
const WORK = '/bin/true'

type Cost = { readonly name: string; readonly value: number | undefined; readonly why?: string }
type Figure = Cost & { readonly aim?: { readonly atMost: number } | { readonly atLeast: number } }

/** Of a `command.run` step, against a loop in Node that starts the same program, and against a playbook. */
export const stepCost = async (
  firebreak: string,
  folder: string,
  pairs: number,
): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(path.join(folder, 'steps-'))
  const ours = [await run(firebreak, dir, 1), await run(firebreak, dir, STEPS)] as const
  const bare = [loop(1), loop(STEPS)] as const
  const floor = [least(dir, 1), least(dir, STEPS)] as const
  const ansible = findBinary('ansible-playbook')
  const played = ansible && ([playbook(ansible, dir, 1), playbook(ansible, dir, STEPS)] as const)
  const toBare: number[] = []
  const floorToBare: number[] = []
  const fromAnsible: number[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const cost = await marginal(...ours)
    const spawned = await marginal(...bare)
    toBare.push(cost / spawned)
    floorToBare.push((await marginal(...floor)) / spawned)
    if (played) fromAnsible.push((await marginal(...played)) / cost)
  }
  return [
    { name: 'step-cost-to-spawn', value: median(toBare), aim: { atMost: 3 } },
    { name: 'step-floor-to-spawn', value: median(floorToBare) },
    {
      name: 'ansible-task-to-step-cost',
      value: played ? median(fromAnsible) : undefined,
      why: 'ansible-playbook is not installed',
      aim: { atLeast: 40 },
    },
  ]
}

const marginal = async (one: Program, many: Program): Promise<number> => {
  const first = await time(one)
  return ((await time(many)) - first) / (STEPS - 1)
}

const loop = (steps: number): Program => ({
  argv: [
    process.execPath,
    '-e',
    `const { spawn } = require('node:child_process')
    const once = () => new Promise((resolve, reject) =>
      spawn('${WORK}', [], { stdio: ['ignore', 'pipe', 'pipe'] }).on('error', reject).on('close', resolve))
    const all = async () => { for (let n = 0; n < ${steps}; n += 1) if (await once() !== 0) throw new Error('failed') }
    all()`,
  ],
})

const EXECA = pathToFileURL(createRequire(import.meta.url).resolve('execa')).href

/** What firebreak has dirtied beyond a bare Node, in the middle of such a run: a fork copies the tables of all of it. */
const MEBIBYTES = 32

/**
 * What no step can be cheaper than: that it begins and what became of it on disk, each before anything goes on, and
 * between them the program, by the library and from a process as large. Nothing is planned, asked, checked or shown.
 */
const least = (folder: string, steps: number): Program => ({
  argv: [
    process.execPath,
    '--input-type=module',
    '-e',
    `import { open } from 'node:fs/promises'
    import { execa } from '${EXECA}'
    const memory = Array.from({ length: ${MEBIBYTES} }, (_, n) => Buffer.alloc(2 ** 20, n + 1))
    const file = await open('${path.join(folder, `floor-${steps}`)}', 'a')
    const line = 'x'.repeat(600) + '\\n'
    const durable = async () => { await file.appendFile(line); await file.datasync() }
    for (let n = 0; n < ${steps}; n += 1) {
      await durable()
      await execa('${WORK}', [], { stdin: 'ignore' })
      await durable()
    }
    if (memory.length !== ${MEBIBYTES}) throw new Error('the memory is gone')`,
  ],
})

/** A run on a real fleet of nothing, each of its gates passed by the digest that a dry-run of it showed. */
const run = async (firebreak: string, folder: string, steps: number): Promise<Program> => {
  const dir = path.join(folder, `run-${steps}`)
  mkdirSync(dir)
  const written = (name: string, text: string): string => {
    writeFileSync(path.join(dir, name), text)
    return path.join(dir, name)
  }
  written('fleet.yaml', FLEET)
  written('steps.yaml', runbookOf(steps))
  const program = (state: string, more: readonly string[], prints: string): Program => ({
    argv: [process.execPath, firebreak, 'run', 'steps', '--runbooks', dir, '--state', state, ...more],
    prints,
  })
  const rehearsal = path.join(dir, 'rehearsal')
  await time(program(rehearsal, ['--dry-run', '--auto'], 'DRY-RUN'))
  const answers = written('answers.yaml', `gates:\n${digestsIn(rehearsal).map(gateLine).join('\n')}\n`)
  return program(path.join(dir, 'state'), ['--answers', answers], 'The incident is resolved')
}

const FLEET = `
clusters:
  none:
    proxies:
      kind: haproxy
      discover: { static: [{ id: p1, socket: /nonexistent }] }
      admin: unix:{socket}
      data: tcp://127.0.0.1:1
      frontends: [f1]
      address: none
      min_healthy: 0
guardrails:
  max_unavailable_proxies: 1
  failures: 2
  commands: [[${WORK}]]
`

const runbookOf = (steps: number): string => `
runbook: steps
title: Many steps
steps:
${Array.from({ length: steps }, (_, n) => `  - id: s${n}\n    action: command.run\n    with: { argv: ["${WORK}"] }`).join('\n')}
  - id: done
    end: resolved
`

type Planned = { readonly step: string; readonly digest: string }

/** The digests of all plans in the only journal of that state folder. */
const digestsIn = (state: string): readonly Planned[] => {
  const [id = ''] = readdirSync(path.join(state, 'incidents'))
  return readFileSync(path.join(state, 'incidents', id, 'journal.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
    .filter(({ type }) => type === 'plan.made')
    .map(({ data }) => ({ step: data.step, digest: data.plan.digest }))
}

const gateLine = ({ step, digest }: Planned): string => `  ${step}: { approve: "${digest}" }`

const playbook = (ansible: string, folder: string, steps: number): Program => {
  const file = path.join(folder, `play-${steps}.yaml`)
  const tasks = Array.from(
    { length: steps },
    (_, n) => `    - { name: s${n}, ansible.builtin.command: ${WORK} }`,
  ).join('\n')
  writeFileSync(file, `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n${tasks}\n`)
  return { argv: [ansible, '-i', 'localhost,', file], prints: 'failed=0' }
}
