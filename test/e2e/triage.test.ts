import { mkdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { eachService } from '../conformance/service.js'
import { type TestServer, tcpServer } from '../providers/servers.js'
import { firebreak, type Machine, newMachine, start } from './firebreak.js'
import { installed } from './installed.js'
import { openTerminal, until } from './terminal.js'

/** The EC2 endpoint of a region that has gone: it takes connections and never answers. */
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

type Cluster = { readonly sockets?: readonly string[]; readonly tags?: string }

const machineWith = (clusters: Readonly<Record<string, Cluster>>): Machine => {
  const machine = newMachine()
  const written = Object.entries(clusters).map(([name, cluster]) => clusterText(name, cluster))
  const runbooks = path.join(machine.cwd, 'runbooks')
  mkdirSync(runbooks)
  writeFileSync(
    path.join(runbooks, 'fleet.yaml'),
    `account: "123456789012"\nregion: us-east-1\nclusters:\n${written.join('')}guardrails: { max_unavailable_proxies: 1, failures: 2 }\n`,
  )
  return machine
}

const clusterText = (name: string, { sockets = [], tags }: Cluster): string => {
  const list = sockets.map((socket, index) => `{ id: ${name}-p${index + 1}, socket: "${socket}" }`).join(', ')
  const [discover, admin] = tags
    ? [`{ ec2: { tags: { cluster: ${tags} } } }`, 'tcp://{private_ip}:9999']
    : [`{ static: [${list}] }`, 'unix:{socket}']
  return `  ${name}:
    proxies:
      kind: haproxy
      discover: ${discover}
      admin: ${admin}
      data: tcp://127.0.0.1:1
      frontends: [shard1, shard2]
      min_healthy: 1
`
}

/** The last inventory of a cluster, an hour old, with one proxy for each socket. */
const saveInventory = (machine: Machine, cluster: string, sockets: readonly string[]): void => {
  const folder = path.join(machine.state, 'inventory', '123456789012-us-east-1')
  mkdirSync(folder, { recursive: true })
  const targets = sockets.map((socket, index) => ({
    id: `i-${index + 1}`,
    cluster,
    role: 'proxy',
    admin: `unix:${socket}`,
    data: 'tcp://127.0.0.1:1',
    tags: {},
  }))
  const saved = { v: 1, cluster, role: 'proxy', at: Date.now() - 3_600_000, source: 'ec2', targets }
  writeFileSync(path.join(folder, `${cluster}-proxy.json`), JSON.stringify(saved))
}

type Told = { readonly cluster: string; readonly state: string; readonly summary: string }
const clustersIn = (stdout: string): readonly Told[] => JSON.parse(stdout).clusters

/**
 * The screen stands 3 s after EC2 was asked, which tests on a virtual clock hold it to; here starting up comes on top,
 * on a machine that does other things as well. Without haste it would take a minute.
 */
const SCREEN_MS = 10_000

eachService('triage', [{ name: 'HAProxy', binary: 'haproxy', start: startHaproxy('unix') }], service => {
  let proxy: RunningHaproxy
  let socket: string
  const clients: net.Socket[] = []
  beforeAll(async () => {
    proxy = await service.start()
    socket = proxy.admin.replace('unix:', '')
  })
  afterAll(async () => {
    for (const client of clients) client.destroy()
    await proxy.stop()
  })

  it('is quiet and leaves no incident where all is calm', async () => {
    const machine = machineWith({ edge: { sockets: [socket, socket] } })
    const { code, stdout } = await firebreak(machine, ['triage'], { env: inTheHole() })
    expect(stdout).toMatch(/^edge {2}calm {2}2 proxies/m)
    expect(code).toBe(0)
    const incidents = await firebreak(machine, ['incidents'])
    expect(incidents.stdout).toBe('')
  })

  it('is a finding where a proxy is not seen, and where a cluster cannot be found', async () => {
    const machine = machineWith({
      edge: { sockets: [socket, '/nonexistent/admin.sock'] },
      far: { tags: 'far' },
    })
    const { code, stdout, ms } = await firebreak(machine, ['triage'], { env: inTheHole() })
    expect(ms).toBeLessThan(SCREEN_MS)
    expect(code).toBe(1)
    expect(stdout).toMatch(/UNSEEN {2}edge-p2 .*does not exist/)
    expect(stdout).toMatch(/^far {2}UNKNOWN .*cannot be found, and no earlier inventory is saved/m)
    expect(stdout).toMatch(/next: Mend the access to EC2/)
  })

  it('goes on with the last inventory, and says how old it is, while the API is black-holed', async () => {
    const machine = machineWith({ far: { tags: 'far' } })
    saveInventory(machine, 'far', [socket, socket])
    const { code, stdout, ms } = await firebreak(machine, ['triage'], { env: inTheHole() })
    expect(ms).toBeLessThan(SCREEN_MS)
    expect(stdout).toMatch(/^far {2}calm {2}2 proxies.*\(inventory of 1h ago\)$/m)
    expect(stdout).toMatch(/! The last inventory is used: .*EC2 did not answer/)
    expect(code).toBe(0)
  })

  it('writes JSON and nothing else to stdout', async () => {
    const machine = machineWith({ edge: { sockets: [socket, '/nonexistent'] }, far: { tags: 'far' } })
    const { code, stdout } = await firebreak(machine, ['triage', '--json'], { env: inTheHole() })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      at: expect.stringMatching(/Z$/),
      fleet: expect.any(String),
    })
    expect(clustersIn(stdout)).toMatchObject([
      {
        cluster: 'edge',
        state: 'unseen',
        inventory: { source: 'static' },
        proxies: [
          { id: 'edge-p2', state: 'unseen', why: expect.stringContaining('/nonexistent') },
          { id: 'edge-p1', state: 'calm', connections: expect.any(Number), limit: expect.any(Number) },
        ],
      },
      { cluster: 'far', state: 'unknown', next: expect.any(String), proxies: [] },
    ])
  })

  it('sees the proxy that is hot', async () => {
    for (let index = 0; index < 85; index++)
      clients.push(net.connect(Number(new URL(proxy.data('shard1')).port), '127.0.0.1'))
    const machine = machineWith({ edge: { sockets: [socket] } })
    const told = async () =>
      clustersIn((await firebreak(machine, ['triage', '--json'], { env: inTheHole() })).stdout)[0]
    // Its frontend takes 100, and 80 of these are near its limit.
    await until(
      async () => (await told())?.state === 'hot',
      async () => JSON.stringify(await told()),
    )
    const { code, stdout } = await firebreak(machine, ['triage'], { env: inTheHole() })
    expect(code).toBe(1)
    expect(stdout).toMatch(/HOT {5}edge-p1 .*8\d % of its limit/)
  })
})

describe('triage', () => {
  it('shows what is wrong with the fleet file, and nothing else', async () => {
    const machine = newMachine()
    mkdirSync(path.join(machine.cwd, 'runbooks'))
    writeFileSync(path.join(machine.cwd, 'runbooks', 'fleet.yaml'), 'clusters: {}\n')
    const { code, stdout, stderr } = await firebreak(machine, ['triage', '--json'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('fleet.yaml:1')
  })

  it('ends at once by Ctrl-C, whatever it waits for', async () => {
    const machine = machineWith({ far: { tags: 'far' } })
    const child = start(machine, ['triage'], { env: inTheHole() })
    await until(
      () => hole.open() > 0,
      () => 'it never asked',
    )
    child.kill('SIGINT')
    expect((await child).signal).toBe('SIGINT') // had it waited, it would have ended by itself
  })

  it('fits a small terminal, with a fleet that does not', async context => {
    if (!installed('tmux', context)) return
    const names = Array.from({ length: 30 }, (_, index) => `cluster-${index}`)
    const gone = { sockets: ['/nonexistent/1', '/nonexistent/2'] }
    const machine = machineWith(Object.fromEntries(names.slice(0, 15).map(name => [name, gone])))
    const terminal = await openTerminal(machine, ['triage'], { columns: 80, rows: 24 })
    expect(await terminal.ended()).toBe(1)
    const lines = (await terminal.screen()).trimEnd().split('\n')
    expect(lines[0]).toMatch(/^TRIAGE {2}runbooks\/fleet\.yaml, .*: 15 clusters, 15 unknown$/)
    expect(lines.length).toBeLessThanOrEqual(24)
  })
})
