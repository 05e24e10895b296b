import { mkdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { type Machine, newMachine } from './firebreak.js'

/** One question, and nothing that changes anything. */
const ASKING = `runbook: asking
title: Something is odd
steps:
  - id: sure
    ask: Is it over?
    choices:
      yes: { label: Yes, recommended: true, end: resolved }
      no: { label: No, end: unresolved }
`

/** Two clusters of one proxy each: \`edge\` can be without p1, \`core\` cannot be without p2. */
export const machineWith = (edge: RunningHaproxy, core: RunningHaproxy): Machine => {
  const machine = newMachine()
  const dir = path.join(machine.cwd, 'runbooks')
  mkdirSync(dir)
  const fleet = `clusters:
${cluster('edge', 'p1', 0, edge)}${cluster('core', 'p2', 1, core)}guardrails:
  max_unavailable_proxies: 1
  failures: 2
`
  writeFileSync(path.join(dir, 'fleet.yaml'), fleet)
  writeFileSync(path.join(dir, 'asking.yaml'), ASKING)
  return machine
}

const cluster = (name: string, id: string, floor: number, proxy: RunningHaproxy): string => `  ${name}:
    proxies:
      kind: haproxy
      discover: { static: [{ id: ${id} }] }
      admin: ${proxy.admin}
      data: ${proxy.data('shard1')}
      frontends: [shard1, shard2]
      address: none
      min_healthy: ${floor}
`

/** Whether somebody new gets through, asked of the proxy itself. */
export const accepts = (proxy: RunningHaproxy): Promise<boolean> =>
  new Promise(resolve => {
    const { hostname, port } = new URL(proxy.data('shard1'))
    const socket = net.connect({ host: hostname, port: Number(port) })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** Writes an answers file, and gives the arguments that name it. */
export const answering = (machine: Machine, text: string): string[] => {
  writeFileSync(path.join(machine.cwd, 'answers.yaml'), `${text}\n`)
  return ['--answers', 'answers.yaml']
}
