import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Moto, startMoto } from '../conformance/moto.js'
import { eachService, MOTO } from '../conformance/service.js'
import { firebreak, newMachine, RUNBOOKS } from './firebreak.js'

const policyOf = (machine: ReturnType<typeof newMachine>, ...args: string[]) =>
  firebreak(machine, ['permissions', ...args, '--runbooks', RUNBOOKS])

describe('the policy for runbooks', () => {
  it('is JSON on stdout, with what has to be filled in on stderr', async () => {
    const { code, stdout, stderr } = await policyOf(newMachine(), 'proxy-connection-surge')
    expect(code).toBe(0)
    const { Version, Statement } = JSON.parse(stdout)
    expect(Version).toBe('2012-10-17')
    expect(Statement.map(({ Effect }: { Effect: string }) => Effect)).toEqual(Statement.map(() => 'Allow'))
    for (const [blank] of stdout.matchAll(/FILL-IN[\w-]*/g)) expect(stderr).toContain(`! ${blank}:`)
  })

  it('is that of the whole folder where none is named', async () => {
    const machine = newMachine()
    const [one, all] = await Promise.all([policyOf(machine, 'proxy-connection-surge'), policyOf(machine)])
    for (const { Action } of JSON.parse(one.stdout).Statement) expect(all.stdout).toContain(Action[0])
  })

  it('is none where a runbook does not load: it would be missing something at night', async () => {
    const machine = newMachine()
    writeFileSync(path.join(machine.cwd, 'broken.yaml'), 'runbook: broken\n')
    const { code, stdout, stderr } = await policyOf(machine, 'proxy-connection-surge', './broken.yaml')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('broken.yaml:1')
  })

  it('is said to be too large for IAM where it is', async () => {
    const machine = newMachine()
    const clusters = Array.from({ length: 25 }, (_, index) =>
      TAGGED.replaceAll('NAME', `cluster-${index}`).replace('KEY', `key-${index}`),
    )
    const rest = 'guardrails: { max_unavailable_proxies: 1, failures: 2 }\n'
    writeFileSync(
      path.join(machine.cwd, 'fleet.yaml'),
      `account: "123456789012"\nregion: us-east-1\nclusters:\n${clusters.join('')}${rest}`,
    )
    const { code, stdout, stderr } = await policyOf(machine, '--fleet', 'fleet.yaml')
    expect(code).toBe(0)
    expect(JSON.stringify(JSON.parse(stdout)).length).toBeGreaterThan(6_144)
    expect(stderr).toMatch(/! it has \d+ characters, and a managed policy has at most 6144/)
    expect((await policyOf(machine)).stderr).not.toContain('6144')
  })

  it('is none where nothing needs AWS', async () => {
    const machine = newMachine()
    writeFileSync(path.join(machine.cwd, 'word.yaml'), WORD)
    writeFileSync(path.join(machine.cwd, 'fleet.yaml'), LISTED)
    const { code, stdout, stderr } = await policyOf(machine, './word.yaml', '--fleet', 'fleet.yaml')
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain('needs a permission')
  })
})

const TAGGED = `  NAME:
    proxies:
      kind: haproxy
      discover: { ec2: { tags: { KEY: NAME } } }
      admin: tcp://{private_ip}:9999
      data: tcp://{private_ip}:11211
      frontends: [shard1]
      launch_template: lt-0123456789abcdef0
      subnets: [subnet-NAME]
      instance_types: [c7i.large]
      min_healthy: 1
`
const WORD = `runbook: word
title: A word
steps:
  - id: say
    notify: It begins.
  - id: done
    end: resolved
`
const LISTED = `clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [{ id: p1 }] }
      admin: unix:/run/haproxy.sock
      data: tcp://127.0.0.1:1
      frontends: [shard1]
      min_healthy: 1
guardrails: { max_unavailable_proxies: 1, failures: 2 }
`

eachService(
  'the policy for runbooks',
  [{ name: 'Moto', binary: MOTO, start: () => startMoto('10.79') }],
  service => {
    let moto: Moto
    beforeAll(async () => {
      moto = await service.start()
    })
    afterAll(() => moto?.stop())

    /** What IAM answers to a policy of that text. */
    const created = async (document: string): Promise<number> => {
      const body = new URLSearchParams({
        Action: 'CreatePolicy',
        Version: '2010-05-08',
        PolicyName: `firebreak-${document.length}`,
        PolicyDocument: document,
      })
      // One endpoint serves all services: it is told by the scope of the credentials which one is meant.
      const authorization = `AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`
      return (await fetch(moto.url, { method: 'POST', body, headers: { authorization } })).status
    }

    it('is accepted by an IAM that nobody here wrote, which refuses one with a mistake', async () => {
      const { stdout } = await policyOf(newMachine())
      expect(await created(stdout)).toBe(200)
      expect(await created(stdout.replace('"Allow"', '"Alow"'))).toBe(400)
    })
  },
)
