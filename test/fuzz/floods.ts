import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'

// `client-flood-near-customer` by the command line, once for each seed from 1 on: so many, or as many as the argument says.
const [count = '20'] = process.argv.slice(2)
const state = mkdtempSync(path.join(tmpdir(), 'fb-floods-'))
let failures = 0

for (let seed = 1; seed <= Number(count); seed += 1) {
  const args = ['drill', 'client-flood-near-customer', '--auto', '--json', '--seed', `${seed}`]
  const { stdout, exitCode } = await execa(process.execPath, ['bin/firebreak.js', ...args], {
    env: { FIREBREAK_STATE: state },
    reject: false,
    stderr: 'ignore',
  })
  const lines = stdout.split('\n').map(line => JSON.parse(line))
  const outcome = lines.find(({ type }) => type === 'incident.ended')?.data.outcome
  const scored = lines.find(({ type }) => type === 'drill.scored')?.data
  const blocked = scored?.measures.legit_clients_blocked
  const good = exitCode === 0 && ['resolved', 'mitigated'].includes(outcome) && blocked === 0
  if (!good) failures += 1
  const words = `${outcome}, ${blocked} legitimate clients blocked, relief after ${scored?.measures.seconds_to_relief} s, score ${scored?.score}`
  console.log(`seed ${seed}: ${words}${good ? '' : '  FAILED'}`)
}

rmSync(state, { recursive: true, force: true })
console.log(`${count} seeds, ${failures} failures`)
process.exitCode = failures > 0 ? 1 : 0
