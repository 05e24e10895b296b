import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadScenario } from '../../src/drill/load-scenario.js'

const SHIPPED = fileURLToPath(new URL('../../runbooks/drills/one-hot-proxy.yaml', import.meta.url))

const TEXT = `scenario: small
title: A small one
runbook: proxy-connection-surge
clusters:
  c1: { proxies: 2, shards: 1, connections: 10, limit: 100 }
faults:
  - kind: hot-host
    cluster: c1
    role: proxy
    begins: { from: -1m, to: 30s }
    factor: { from: 2, to: 3 }
    ramp: { from: 45s, to: 1m }
`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const load = (text: string) => {
  const file = join(folder, 'small.yaml')
  writeFileSync(file, text)
  return loadScenario(file)
}

describe('a scenario', () => {
  it('that is shipped loads, with its durations in milliseconds', async () => {
    const { scenario, diagnostics } = await loadScenario(SHIPPED)
    expect(diagnostics).toEqual([])
    expect(scenario).toMatchObject({
      name: 'one-hot-proxy',
      runbook: 'proxy-connection-surge',
      inputs: { cluster: 'us-east-c1' },
      answers: {},
      faults: [
        {
          begins: { from: -240_000, to: -60_000 },
          factor: { from: 4, to: 9 },
          ramp: { from: 45_000, to: 120_000 },
        },
      ],
    })
  })

  it('needs no inputs and no answers, and its fault can begin after the alert', async () => {
    const { scenario } = await load(TEXT)
    expect(scenario).toMatchObject({ inputs: {}, answers: {}, file: join(folder, 'small.yaml') })
    expect(scenario!.faults[0]).toMatchObject({ begins: { from: -60_000, to: 30_000 } })
  })

  it('can have frontends that cannot be stopped', async () => {
    const stuck = '{ kind: stuck-frontend, cluster: c1, role: proxy, frontend: shard1, proxies: 2 }'
    const { scenario } = await load(`${TEXT}  - ${stuck}\n`)
    expect(scenario!.faults[1]).toEqual({
      kind: 'stuck-frontend',
      cluster: 'c1',
      role: 'proxy',
      frontend: 'shard1',
      proxies: 2,
    })
  })

  it.each([
    ['an unknown key', 'title: A small one', 'titel: A small one', 'unknown-key', 2, 1],
    ['an unknown kind of fault', 'hot-host', 'cold-host', 'wrong-type', 7, 11],
    ['a range that runs backwards', '{ from: 2, to: 3 }', '{ from: 4, to: 3 }', 'bad-value', 11, 21],
    ['a duration without a unit', 'from: -1m', 'from: soon', 'bad-value', 10, 21],
    ['a ramp of no time', 'from: 45s', 'from: 0s', 'bad-value', 12, 19],
    ['a cluster that is not there', 'cluster: c1', 'cluster: c2', 'bad-value', 8, 14],
    ['a limit below the calm load', 'limit: 100', 'limit: 5', 'bad-value', 5, 56],
    ['no proxies', 'proxies: 2', 'proxies: 0', 'bad-value', 5, 18],
    ['a number for a name', 'scenario: small', 'scenario: 7', 'wrong-type', 1, 11],
  ])('with %s is refused at its place', async (_, before, after, rule, line, column) => {
    const { scenario, diagnostics } = await load(TEXT.replace(before, after))
    expect(scenario).toBeUndefined()
    expect(diagnostics).toContainEqual(expect.objectContaining({ rule, line, column }))
  })
})
