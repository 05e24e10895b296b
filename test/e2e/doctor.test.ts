import { chmodSync, cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { eachService, MOTO } from '../conformance/service.js'
import { awsError, awsServer, type TestServer, tcpServer } from '../providers/servers.js'
import { firebreak, type Machine, newMachine, RUNBOOKS, start } from './firebreak.js'
import { installed } from './installed.js'
import { type MotoFleet, startMotoFleet, TAGS } from './moto-fleet.js'
import { until } from './terminal.js'

type Row = {
  readonly check: string
  readonly state: string
  readonly target?: string
  readonly detail: string
  readonly next?: string
}

/** A machine with the shipped runbooks and that fleet file. */
const machineWith = (fleet: string): Machine => {
  const machine = newMachine()
  cpSync(RUNBOOKS, path.join(machine.cwd, 'runbooks'), { recursive: true })
  writeFileSync(path.join(machine.cwd, 'runbooks', 'fleet.yaml'), fleet)
  return machine
}

const examined = async (machine: Machine, env: Readonly<Record<string, string>> = {}) => {
  const { code, stdout, ms } = await firebreak(machine, ['doctor', '--json'], { env })
  const { v, rows, failed }: { v: number; rows: readonly Row[]; failed: number } = JSON.parse(stdout)
  expect(v).toBe(1)
  for (const { state, next } of rows) if (state === 'warn' || state === 'fail') expect(next).toBeTruthy()
  return { code, ms, failed, rows, of: (check: string) => rows.filter(row => row.check === check) }
}

type Fleet = { readonly admin: string; readonly data: string; readonly more?: string; readonly region?: string }

const fleetText = ({ admin, data, more = '', region = '' }: Fleet): string => `${region}clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [{ id: p1 }] }
      admin: ${admin}
      data: ${data}
      frontends: ${more || '[shard1]'}
      min_healthy: 1
guardrails: { max_unavailable_proxies: 1, failures: 2, flush: { max_fraction: 1, per: 10m }, filter: { widest: { ipv4: 20, ipv6: 48 }, max_ttl: 4h, default_ttl: 30m } }
`

describe('doctor', () => {
  it('names five mistakes of a fleet file at their lines, and goes on with what is right', async () => {
    const lines = [
      'account: 123456789012',
      'regoin: us-east-1',
      'clusters:',
      '  good: { proxies: { kind: haproxy, discover: { static: [{ id: p1 }] }, admin: "unix:/gone", data: "tcp://127.0.0.1:1", frontends: [f], min_healthy: 1 } }',
      '  bad: { proxies: { kind: haproxy, discover: { static: [{ id: p1 }] }, admin: "unix:/gone", data: "udp://x:1", frontends: [f], min_healthy: 1 } }',
      '  worse: { proxies: { kind: nginx, discover: { static: [{ id: p1 }] }, admin: "unix:/gone", data: "tcp://x:1", frontends: [f], min_healthy: 1 } }',
      'guardrails: { max_unavailable_proxies: 1, failures: none }',
      '',
    ]
    const machine = machineWith(lines.join('\n'))
    const { code, of, rows, failed } = await examined(machine)
    expect(code).toBe(1)
    const shown = await firebreak(machine, ['doctor'])
    expect(shown.code).toBe(1)
    expect(shown.stdout.match(/^FAIL /gm)).toHaveLength(failed)
    expect(shown.stdout.match(/^ +next: /gm)).toHaveLength(rows.filter(({ next }) => next).length)
    expect(shown.stdout).toContain(`\n${failed} failed, `)
    const wrong = of('fleet file').filter(({ state }) => state === 'fail')
    expect(wrong.map(({ target }) => /fleet\.yaml:(\d+):/.exec(target ?? '')?.[1])).toEqual([
      '1',
      '2',
      '5',
      '6',
      '7',
    ])
    expect(of('proxies').map(({ target }) => target)).toEqual(['good p1'])
    expect(of('state folder')).toMatchObject([{ state: 'ok' }])
  })

  it('makes the state folder for its owner alone, and leaves nothing in it', async () => {
    const machine = machineWith(fleetText({ admin: 'unix:/gone', data: 'tcp://127.0.0.1:1' }))
    await examined(machine)
    expect(statSync(machine.state).mode & 0o777).toBe(0o700)
    expect(readdirSync(machine.state)).toEqual([])
    chmodSync(machine.state, 0o755)
    expect((await examined(machine)).of('state folder')).toMatchObject([
      { state: 'warn', next: expect.stringContaining('chmod 700') },
    ])
  })

  it('says that a place cannot be written to', async () => {
    const machine = machineWith(fleetText({ admin: 'unix:/gone', data: 'tcp://127.0.0.1:1' }))
    const { of } = await examined(machine, { FIREBREAK_STATE: '/proc/firebreak' })
    expect(of('state folder')).toMatchObject([{ state: 'fail', target: '/proc/firebreak' }])
  })

  it('counts what lint finds in runbooks, and does not list it', async () => {
    const machine = machineWith(fleetText({ admin: 'unix:/gone', data: 'tcp://127.0.0.1:1' }))
    writeFileSync(path.join(machine.cwd, 'runbooks', 'broken.yaml'), 'runbook: broken\n')
    const [row, ...more] = (await examined(machine)).of('runbooks')
    expect(more).toEqual([])
    expect(row).toMatchObject({ state: 'fail', next: expect.stringContaining('firebreak lint') })
    expect(row?.detail).toMatch(/[1-9]\d* errors/)
  })

  it('looks for the programs that the fleet file lists', async () => {
    const machine = machineWith(
      fleetText({ admin: 'unix:/gone', data: 'tcp://127.0.0.1:1' }).replace(
        'failures: 2,',
        'failures: 2, commands: [[node, --version], [no-such-program, x]],',
      ),
    )
    const bin = path.dirname(process.execPath)
    const { of } = await examined(machine, { PATH: bin })
    expect(of('programs')).toMatchObject([
      { state: 'ok', target: 'node', detail: path.join(bin, 'node') },
      { state: 'fail', target: 'no-such-program' },
    ])
  })

  it('tries a host that is reached by ssh, and is never asked for anything', async context => {
    if (!installed('ssh', context)) return
    const machine = machineWith(
      fleetText({ admin: 'ssh://nobody@127.0.0.1:1/run/admin.sock', data: 'tcp://127.0.0.1:1' }),
    )
    expect((await examined(machine)).of('ssh')).toMatchObject([
      { state: 'fail', target: 'ssh://nobody@127.0.0.1:1', detail: expect.stringContaining('refused') },
    ])
  })
})

describe('doctor, with an API that never answers,', () => {
  let hole: TestServer
  beforeAll(async () => {
    hole = await tcpServer(() => undefined)
  })
  afterAll(() => hole.close())
  const inTheHole = () => ({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${hole.port}`,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'y',
  })
  const inAws = () => machineWith(readFileSync(path.join(RUNBOOKS, 'fleet.yaml'), 'utf8'))

  it('says so of each thing that needs it, and of no other', async () => {
    const { code, of } = await examined(inAws(), inTheHole())
    expect(code).toBe(1)
    expect(of('credentials')).toMatchObject([
      { state: 'fail', detail: expect.stringContaining('STS did not answer') },
    ])
    expect(of('clock')).toMatchObject([{ state: 'warn' }])
    expect(of('inventory').map(({ state }) => state)).toEqual(['fail', 'fail', 'fail', 'fail'])
    expect(of('permissions')).toMatchObject([{ state: 'skipped' }])
    expect(of('runbooks')[0]?.state).toBe('ok')
  })

  it('compares the clock with that of an answer which refuses because of it', async () => {
    const server = await awsServer((_, reply) => {
      reply.setHeader('date', new Date(Date.now() - 90 * 60_000).toUTCString())
      awsError(reply, 403, 'SignatureDoesNotMatch', 'Signature not yet current')
    })
    const { of } = await examined(inAws(), { ...inTheHole(), AWS_ENDPOINT_URL: server.url })
    await server.close()
    expect(of('clock')).toMatchObject([
      { state: 'fail', detail: expect.stringMatching(/^1h (?:29|30)m ahead of AWS/) },
    ])
    expect(of('credentials')).toMatchObject([{ state: 'fail' }])
  })

  it('ends at once by Ctrl-C', async () => {
    const child = start(inAws(), ['doctor'], { env: inTheHole() })
    await until(
      () => hole.open() > 0,
      () => 'it never asked',
    )
    child.kill('SIGINT')
    expect((await child).signal).toBe('SIGINT')
  })
})

eachService('doctor', [{ name: 'HAProxy', binary: 'haproxy', start: startHaproxy('unix') }], service => {
  let proxy: RunningHaproxy
  beforeAll(async () => {
    proxy = await service.start()
  })
  afterAll(() => proxy.stop())

  const frontends = () => {
    const port = (name: 'shard1' | 'shard2') => new URL(proxy.data(name)).port
    return `[{ name: shard1, port: ${port('shard1')} }, { name: shard2, port: ${port('shard2')} }]`
  }

  it('is content with a proxy that answers, has its frontends and serves', async () => {
    const data = proxy.data('shard1')
    const { code, rows } = await examined(
      machineWith(fleetText({ admin: proxy.admin, data, more: frontends() })),
    )
    expect(rows.filter(({ state }) => state === 'fail')).toEqual([])
    expect(code).toBe(0)
  })

  it('names the frontend that is not there, and the data path that leads nowhere', async () => {
    const more = frontends().replace(/]$/, ', { name: shard9, port: 1 }]')
    const { code, of } = await examined(
      machineWith(fleetText({ admin: proxy.admin, data: proxy.data('shard1'), more })),
    )
    expect(code).toBe(1)
    const [row] = of('proxies')
    expect(row).toMatchObject({ state: 'fail', target: 'edge p1' })
    expect(row?.detail).toContain('no frontend shard9')
    expect(row?.detail).toContain('tcp://127.0.0.1:1 refused the connection')
  })

  it('knows a socket that may look and change nothing', async () => {
    const operator = proxy.admin.replace('admin.sock', 'operator.sock')
    const data = proxy.data('shard1')
    const { code, of } = await examined(machineWith(fleetText({ admin: operator, data, more: frontends() })))
    expect(code).toBe(1)
    expect(of('proxies')[0]?.detail).toContain('level operator')
  })
})

const ELASTIC = { address: 'elastic-ip', unavailable: 1 } as const

eachService(
  'doctor',
  [{ name: 'Moto', binary: MOTO, start: () => startMotoFleet({ proxies: 2, shards: 1 }) }],
  service => {
    let fleet: MotoFleet
    beforeAll(async () => {
      fleet = await service.start()
    })
    afterAll(() => fleet?.stop())

    it('is content with a fleet in an EC2 that nobody here wrote, and changes nothing in it', async () => {
      const before = [await fleet.instances(), await fleet.holders()]
      const { code, rows, of } = await examined(machineWith(fleet.fleetFile(ELASTIC)), fleet.env)
      // Whoever asked about these would have done it: EC2 has a dry run for them that not every server heeds.
      expect(rows.filter(({ state }) => state !== 'ok')).toMatchObject([
        { check: 'permissions', state: 'skipped', detail: expect.stringContaining('NetworkAclEntry') },
      ])
      expect(code).toBe(0)
      expect(of('inventory')).toMatchObject([
        { target: `${TAGS.cluster} proxies`, detail: '2, found by EC2' },
        { target: `${TAGS.cluster} shards`, detail: '1, found by EC2' },
      ])
      expect(of('permissions').flatMap(({ target }) => target?.split(' ')[0] ?? [])).toEqual([
        'ec2:AssociateAddress',
        'ec2:CreateTags',
        'ec2:DeleteTags',
        'ec2:RunInstances',
      ])
      expect([await fleet.instances(), await fleet.holders()]).toEqual(before)
    })

    it('knows credentials of another account, and asks nothing with them', async () => {
      const machine = machineWith(fleet.fleetFile(ELASTIC).replace(fleet.moto.account, '999999999999'))
      const { code, of } = await examined(machine, fleet.env)
      expect(code).toBe(1)
      expect(of('credentials')).toMatchObject([
        { state: 'fail', detail: expect.stringContaining('999999999999') },
      ])
      expect(of('inventory')[0]).toMatchObject({ state: 'fail' })
      expect(of('permissions')).toMatchObject([{ state: 'skipped' }])
      expect(readdirSync(machine.state)).toEqual([])
    })
  },
)
