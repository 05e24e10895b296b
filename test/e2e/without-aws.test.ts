import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { eachService } from '../conformance/service.js'
import { type AwsServer, awsReply, awsServer, type TestServer, tcpServer } from '../providers/servers.js'
import { firebreak, incidentsOf, journalOf, type Machine, newMachine, ofType, start } from './firebreak.js'
import { type Shard, startShard } from './memcached.js'

const ACCOUNT = '123456789012'

/** The promise is one of wall time. Everything else here is told by what happened. */
const FIRST_SCREEN_MS = 5_000

eachService('without AWS', [{ name: 'HAProxy', binary: 'haproxy', start: startHaproxy('tcp') }], service => {
  let real: RunningHaproxy
  let shard: Shard
  let aws: AwsServer
  let hole: TestServer
  let account: string

  beforeEach(async () => {
    real = await service.start()
    shard = await startShard()
    account = ACCOUNT
    aws = await awsServer(({ action }, reply) => {
      if (action === 'GetCallerIdentity') return awsReply(reply, action, identity(account))
      return awsReply(reply, action, action === 'DescribeInstances' ? INSTANCES : '<addressesSet/>')
    })
    hole = await tcpServer(() => undefined) // takes the connection, and never answers
  })
  afterEach(async () => {
    await aws.close()
    await hole.close()
    await real.stop()
    await shard.stop()
  })

  const to = (url: string) => ({
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'AKIATESTTESTTESTTEST',
    AWS_SECRET_ACCESS_KEY: 'of-no-use',
  })
  const dead: readonly [string, () => string][] = [
    ['its API takes connections and never answers', () => `http://127.0.0.1:${hole.port}`],
    ['its name does not resolve', () => 'http://ec2.nowhere.invalid:80'],
  ]

  /** A machine on which the fleet was found once. */
  const machineOnceFound = async (): Promise<Machine> => {
    const machine = machineFor(real, shard)
    const { code } = await firebreak(machine, ['run', 'look'], { env: to(aws.url) })
    expect(code).toBe(0)
    return machine
  }
  const newest = (machine: Machine, known: readonly string[]) =>
    journalOf(machine, incidentsOf(machine).find(id => !known.includes(id))!)

  describe.each(dead)('where %s', (_, url) => {
    it('the first step is on the screen within 5 s, and looks at the last inventory, with its age', async () => {
      const machine = await machineOnceFound()
      const running = start(machine, ['run', 'look'], { env: to(url()) })
      const began = performance.now()
      let shown: number | undefined
      running.stderr!.on('data', chunk => {
        if (String(chunk).includes('Compare all proxies')) shown ??= performance.now() - began
      })
      const { exitCode, stdout, stderr } = await running
      expect(exitCode).toBe(0)
      expect(shown).toBeLessThan(FIRST_SCREEN_MS)
      expect(String(stderr)).toContain('The account could not be verified')
      expect(String(stdout)).toMatch(/inventory of \d+s ago/)
    })

    it('what does not need EC2 is done; what does is not possible now, and no failure', async () => {
      const machine = await machineOnceFound()
      const env = to(url())
      const known = incidentsOf(machine)
      await firebreak(machine, ['run', 'act', '--dry-run', '--auto'], { env })
      const shown = ofType(newest(machine, known), 'plan.made').flatMap(({ data: { step, plan } }) =>
        plan ? [`  ${step}: { approve: ${plan.digest} }`] : [],
      )
      writeFileSync(path.join(machine.cwd, 'agreed.yaml'), `gates:\n${shown.join('\n')}\n`)
      const flushed = await shard.flushes()
      const before = incidentsOf(machine)
      const { code } = await firebreak(machine, ['run', 'act', '--answers', 'agreed.yaml'], { env })
      expect(code).toBe(4)
      const journal = newest(machine, before)
      expect(ofType(journal, 'op.finished').map(({ data }) => data.kind)).toEqual([
        'limit-rate',
        'count-flushes',
        'flush',
        'disable-frontend',
        'disable-frontend',
      ])
      expect((await shard.flushes()) - flushed).toBe(1)
      expect(ofType(journal, 'op.failed')).toEqual([])
      const plans = ofType(journal, 'plan.made').map(({ data }) => data.failure?.code)
      expect(plans).toEqual([undefined, undefined, undefined, 'plan.not-now'])
      const question = ofType(journal, 'question.asked').at(-1)?.data.question
      expect(question).toMatchObject({ step: 'replace', kind: 'failed' })
      expect(question?.text).toMatch(/^Not possible now: proxy\.replace needs EC2/)
    })
  })

  it('Ctrl-C while the API hangs pauses at once, with exit code 4', async () => {
    const machine = machineFor(real, shard) // nothing is saved: discovery is patient
    const running = start(machine, ['run', 'look'], { env: to(`http://127.0.0.1:${hole.port}`) })
    const looking = new Promise<void>(resolve => {
      running.stderr!.on('data', chunk => {
        if (String(chunk).includes('Compare all proxies')) resolve()
      })
    })
    await looking
    const pressed = performance.now()
    running.kill('SIGINT')
    const { exitCode } = await running
    expect(exitCode).toBe(4)
    expect(performance.now() - pressed).toBeLessThan(2_000)
    expect(ofType(journalOf(machine, incidentsOf(machine)[0]!), 'incident.paused')[0]?.data.reason).toBe(
      'Ctrl-C',
    )
  })

  it('credentials of another account are refused before the first step', async () => {
    account = '999999999999'
    const machine = machineFor(real, shard)
    const { code, stderr } = await firebreak(machine, ['run', 'look'], { env: to(aws.url) })
    expect(code).toBe(3)
    expect(stderr).toContain(`these credentials are of account 999999999999; `)
    expect(existsSync(path.join(machine.state, 'incidents'))).toBe(false)
    expect(aws.asked.map(({ action }) => action)).toEqual(['GetCallerIdentity'])
  })

  it('where STS is silent and EC2 is not, EC2 is asked nothing: nobody knows whose it is', async () => {
    const machine = await machineOnceFound()
    const asked = aws.asked.length
    const env = { ...to(aws.url), AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${hole.port}` }
    const { code, stdout } = await firebreak(machine, ['run', 'look'], { env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/inventory of \d+s ago: The account could not be verified/)
    expect(aws.asked.length).toBe(asked)
  })
})

const identity = (account: string): string =>
  `<GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/me</Arn><UserId>ME</UserId><Account>${account}</Account></GetCallerIdentityResult>`

const INSTANCES =
  '<reservationSet><item><instancesSet><item><instanceId>i-0123456789abcdef0</instanceId><instanceState><name>running</name></instanceState><privateIpAddress>127.0.0.1</privateIpAddress></item></instancesSet></item></reservationSet>'

/** One proxy and one shard, which are found through EC2. */
const machineFor = (real: RunningHaproxy, shard: Shard): Machine => {
  const machine = newMachine()
  const runbooks = path.join(machine.cwd, 'runbooks')
  mkdirSync(runbooks)
  const files = {
    'fleet.yaml': `account: "${ACCOUNT}"
region: us-east-1
clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { ec2: { tags: { role: proxy } } }
      admin: tcp://{private_ip}:${new URL(real.admin).port}
      data: tcp://{private_ip}:${new URL(real.data('shard1')).port}
      frontends: [shard1, shard2]
      launch_template: lt-proxy
      subnets: [subnet-a1]
      instance_types: [c7i.large]
      address: elastic-ip
      min_healthy: 0
    shards:
      kind: memcached
      discover: { ec2: { tags: { role: backend } } }
      data: tcp://{private_ip}:${shard.port}
guardrails: { max_unavailable_proxies: 2, failures: 5, flush: { max_fraction: 1, per: 10m }, filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m } }
`,
    'look.yaml': `runbook: look
title: Look
steps:
  - id: survey
    title: Compare all proxies
    check: proxy.connections
    with: { cluster: edge }
    on_failure: { goto: bad }
  - id: shards
    check: cache.shards
    with: { cluster: edge, over: 1s }
    on_failure: continue
  - id: good
    end: resolved
  - id: bad
    end: unresolved
`,
    'act.yaml': `runbook: act
title: Act
steps:
  - id: shed
    action: load.shed
    with: { cluster: edge, limit: 1000 }
  - id: flush
    action: cache.flush
    with: { cluster: edge, shards: all }
  - id: drain
    action: proxy.drain
    with: { proxies: [i-0123456789abcdef0] }
  - id: replace
    action: proxy.replace
    with: { proxies: [i-0123456789abcdef0] }
    on_failure: continue
  - id: over
    end: resolved
`,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(runbooks, name), text)
  return machine
}
