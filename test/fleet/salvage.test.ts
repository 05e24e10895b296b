import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadFleet } from '../../src/fleet/load.js'
import { salvageFleet } from '../../src/fleet/salvage.js'

const fileWith = (text: string): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fb-salvage-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'fleet.yaml')
  writeFileSync(file, text)
  return file
}

const cluster = (name: string, proxies = 'min_healthy: 1', discover = '{ static: [{ id: p1 }] }') =>
  `  ${name}: { proxies: { kind: haproxy, discover: ${discover}, admin: "unix:/p", data: "tcp://p:1", frontends: [f], ${proxies} } }\n`

const GUARDRAILS = 'guardrails: { max_unavailable_proxies: 2, failures: 3 }\n'

describe('what is left of a fleet file with mistakes', () => {
  it('is all of one without any', async () => {
    const file = fileWith(`account: "123456789012"\nregion: us-east-1\nclusters:\n${cluster('a')}${GUARDRAILS}`)
    expect(await salvageFleet(file)).toEqual((await loadFleet(file)).fleet)
  })

  it('is what is right by itself', async () => {
    const file = fileWith(
      `account: 5\nregion: us-east-1\nnonsense: 1\nclusters:\n${cluster('a')}${cluster('b', 'min_helthy: 1')}${GUARDRAILS}`,
    )
    expect((await loadFleet(file)).fleet).toBeUndefined()
    const left = await salvageFleet(file)
    expect(Object.keys(left?.clusters ?? {})).toEqual(['a'])
    expect(left).toMatchObject({ region: 'us-east-1', guardrails: { failures: { conservative: 3 } } })
    expect(left).not.toHaveProperty('account')
  })

  it('has guardrails that let nothing pass where its own are wrong', async () => {
    const left = await salvageFleet(fileWith(`clusters:\n${cluster('a')}guardrails: { failures: many }\n`))
    expect(left?.guardrails).toMatchObject({
      maxUnavailableProxies: { conservative: 0, aggressive: 0 },
      commands: [],
    })
  })

  it('leaves out a cluster that needs what is wrong elsewhere', async () => {
    const byEc2 = cluster('b', 'min_healthy: 1', '{ ec2: { tags: { a: b } } }')
    const left = await salvageFleet(fileWith(`region: 5\nclusters:\n${cluster('a')}${byEc2}${GUARDRAILS}`))
    expect(Object.keys(left?.clusters ?? {})).toEqual(['a'])
  })

  it.each(['', 'clusters: {}\n', '- a\n', 'clusters: [\n', `clusters:\n${cluster('a', 'min_helthy: 1')}`])(
    'is nothing of %j',
    async text => {
      expect(await salvageFleet(fileWith(text))).toBeUndefined()
    },
  )
})
