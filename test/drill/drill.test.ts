import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startDrill } from '../../src/drill/drill.js'
import type { Scenario } from '../../src/drill/scenario.js'
import { instancesOf } from '../../src/drill/world/instances.js'
import { linesOf, pathOf, type Running, startRunning, stopRunning, talk } from './running.js'
import { calmScenario, EPOCH, fleet, scenario } from './story.js'

const open: Running[] = []
const start = async (options: Parameters<typeof startRunning>[0] = {}): Promise<Running> => {
  const running = await startRunning(options)
  open.push(running)
  return running
}
afterEach(async () => {
  for (const running of open.splice(0)) await stopRunning(running)
})

const ec2 = ({ drill }: Running, parameters: string): Promise<string> =>
  drill.clock.io(
    fetch(drill.aws.override.endpoint, {
      method: 'POST',
      headers: { authorization: `Credential=${drill.aws.override.accessKeyId}/` },
      body: `Version=2016-11-15&${parameters}`,
    }).then(response => response.text()),
  )
const LAUNCH =
  'Action=RunInstances&LaunchTemplate.LaunchTemplateName=lt-proxy&SubnetId=subnet-a1&MinCount=1&MaxCount=1'
const idIn = (xml: string): string => /<instanceId>(i-[0-9a-f]{17})</.exec(xml)![1]!

describe('nothing escapes', () => {
  it.each([
    'tcp://10.0.1.10:22',
    'tcp://10.0.1.10:11215',
    'tcp://10.9.9.9:9999',
    'tcp://127.0.0.1:9999',
    'tcp://169.254.169.254:80',
    'tcp://localhost:9999',
    'tcp://10.0.1.10',
    'ssh://10.0.1.10/run/haproxy/admin.sock', // this fleet's proxies are reached by tcp
    'unix:/run/haproxy/admin.sock',
    'http://10.0.1.10:9999',
    'tcp://10.0.1.10:9999/../x',
    '',
  ])('%s is refused', async url => {
    const { drill } = await start()
    const resolved = drill.resolve(url)
    expect(resolved.ok ? 'resolved' : resolved.failure.code).toBe('drill.escape')
  })

  it('every address leads to a socket in a private folder, and EC2 to the loopback interface', async () => {
    const { drill } = await start()
    const path = pathOf(drill, 'tcp://10.0.1.10:9999')
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    expect(drill.aws.override.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(drill.aws.region).toBe('us-east-1')
  })

  it('the folder is gone after the drill, and so are its connections', async () => {
    const running = await startRunning({})
    const path = pathOf(running.drill, 'tcp://10.0.1.10:11211')
    const idle = connect(path)
    await new Promise(resolve => idle.once('connect', resolve))
    const closed = new Promise(resolve => idle.once('close', resolve))
    await stopRunning(running)
    await closed
    expect(existsSync(dirname(path))).toBe(false)
  })
})

describe('a launched proxy', () => {
  it('refuses until its HAProxy is up, then answers with no sessions', async () => {
    const running = await start()
    const id = idIn(await ec2(running, LAUNCH))
    const { drill } = running
    const host = () => drill.world().instances[id]!
    const url = `tcp://${host().privateIp}:9999`
    expect(await talk(drill, url, 'show info\n')).toBe('refused')
    await drill.clock.sleep(host().runningAt - drill.clock.now())
    expect(await talk(drill, url, 'show info\n')).toBe('refused')
    await drill.clock.sleep(host().servingAt - drill.clock.now())
    expect(await talk(drill, url, 'show info\n')).toContain('CurrConns: 0\n')
    await ec2(running, `Action=TerminateInstances&InstanceId.1=${id}`)
    expect(await talk(drill, url, 'show info\n')).toBe('refused')
  })
})

describe('the log of the world', () => {
  const change = async (running: Running): Promise<void> => {
    const id = idIn(await ec2(running, `${LAUNCH}&ClientToken=t1`))
    const proxy = instancesOf(running.drill.world(), 'us-east-c1', 'proxy')[1]!
    await ec2(running, `Action=CreateTags&ResourceId.1=${id}&Tag.1.Key=role&Tag.1.Value=proxy`)
    await talk(running.drill, `tcp://${proxy.privateIp}:9999`, 'disable frontend shard2\n')
    await talk(running.drill, `tcp://${proxy.privateIp}:9999`, 'shutdown sessions server shard2/s1\n')
    await talk(running.drill, 'tcp://10.0.1.10:11211', 'set a 0 0 1\r\nx\r\nquit\r\n')
    await running.drill.clock.sleep(60_000)
    const address = Object.values(running.drill.world().addresses)[1]!
    await ec2(running, `Action=AssociateAddress&AllocationId=${address.allocationId}&InstanceId=${id}`)
    await ec2(running, `Action=TerminateInstances&InstanceId.1=${proxy.id}`)
  }

  it('folds to the world that was live, and the drill goes on where its last change was', async () => {
    const first = await start({ seed: 9 })
    await change(first)
    const live = first.drill.world()
    const last = linesOf(first.dir, 'world').at(-1)!
    await first.drill.clock.sleep(5_000)
    await first.drill.stop()
    open.pop()
    const second = await start({ seed: 9, dir: first.dir })
    expect(second.drill.world()).toEqual(live)
    expect(live.changes).toBe(7)
    expect(second.drill.clock.now()).toBe(last.at)
  })

  it('goes on at a later moment if the journal has one', async () => {
    const { drill } = await start({ resumeAt: EPOCH + 90_000 })
    expect(drill.clock.now()).toBe(EPOCH + 90_000)
  })

  it('loses a torn last line, and nothing else', async () => {
    const first = await start({ seed: 9 })
    await change(first)
    await first.drill.stop()
    open.pop()
    const log = join(first.dir, 'world.log')
    const whole = readFileSync(log, 'utf8')
    appendFileSync(log, '{"at":17684')
    const second = await start({ seed: 9, dir: first.dir })
    expect(second.drill.world().changes).toBe(7)
    expect(readFileSync(log, 'utf8')).toBe(whole)
    await talk(second.drill, 'tcp://10.0.1.10:9999', 'disable frontend shard1\n')
    expect(linesOf(first.dir, 'world')).toHaveLength(8)
  })

  it.each([
    ['no JSON', 'rubbish\n'],
    ['an unknown operation', '{"at":1,"endpoint":"ec2","operation":"Nuke","args":{},"result":null}\n'],
    [
      'an unknown key',
      '{"at":1,"endpoint":"memcached","operation":"flush_all","args":{"instance":"i"},"result":null,"x":1}\n',
    ],
  ])('is refused where a line is %s, with the line', async (_, line) => {
    const dir = mkdtempSync(join(tmpdir(), 'firebreak-test-'))
    writeFileSync(join(dir, 'world.log'), line)
    const started = await startDrill({ dir, seed: 1, scenario, fleet, pace: 'instant' })
    expect(started.ok ? 'started' : started.failure).toMatchObject({
      code: 'journal.damaged',
      message: `${join(dir, 'world.log')}:1 is not an entry of a world log.`,
    })
    rmSync(dir, { recursive: true })
  })

  it('is the same, to the byte, for the same seed and the same requests in parallel', async () => {
    const play = async (): Promise<string[]> => {
      const running = await start({ seed: 11 })
      await Promise.all([
        ec2(running, `${LAUNCH}&ClientToken=a`),
        ec2(running, `${LAUNCH}&ClientToken=b`),
        ...['10.0.1.10', '10.0.1.11', '10.0.2.10'].map(ip =>
          talk(running.drill, `tcp://${ip}:9999`, 'show stat\n'),
        ),
        talk(running.drill, 'tcp://10.0.2.11:9999', 'disable frontend shard1\n'),
      ])
      // the user agent of fetch and the order of arrival are no part of the world
      return ['world', 'endpoint'].map(log => readFileSync(join(running.dir, `${log}.log`), 'utf8'))
    }
    const [one, two] = [await play(), await play()]
    expect(one).toEqual(two)
    expect(one[0]!.split('\n')).toHaveLength(4)
  })
})

describe('a drill', () => {
  it('knows how many connections a calm proxy has', async () => {
    const { drill } = await start()
    expect(drill.baselines).toEqual({ 'us-east-c1': 400 })
    expect(drill.startedAt).toBe(EPOCH)
    expect(drill.clock.now()).toBe(EPOCH)
  })

  it.each<[string, Scenario]>([
    ['fleet.unknown-cluster', { ...scenario, clusters: { elsewhere: scenario.clusters['us-east-c1']! } }],
    [
      'fleet.unknown-cluster',
      { ...scenario, clusters: Object.fromEntries([['__proto__', scenario.clusters['us-east-c1']!]]) },
    ],
    [
      'fleet.invalid',
      {
        ...scenario,
        faults: [
          { kind: 'stuck-frontend', cluster: 'us-east-c1', role: 'proxy', frontend: 'shard9', proxies: 1 },
        ],
      },
    ],
    ...(
      [
        { kind: 'no-capacity', subnets: ['subnet-z1'] },
        { kind: 'no-capacity', types: ['c7i.huge'] },
        { kind: 'quota', family: 'c9' },
        { kind: 'terminate-fails', zone: 'us-east-1z' },
      ] satisfies Scenario['faults']
    ).map((fault): [string, Scenario] => ['fleet.invalid', { ...scenario, faults: [fault] }]),
  ])('does not start: %s', async (code, unfit) => {
    const dir = mkdtempSync(join(tmpdir(), 'firebreak-test-'))
    const started = await startDrill({ dir, seed: 1, scenario: unfit, fleet, pace: 'instant' })
    expect(started.ok ? 'started' : started.failure.code).toBe(code)
    rmSync(dir, { recursive: true })
  })

  it('does not start where its folder cannot be written', async () => {
    const started = await startDrill({ dir: '/proc/nowhere', seed: 1, scenario, fleet, pace: 'instant' })
    expect(started.ok ? 'started' : started.failure.code).toBe('state.unwritable')
  })

  it('reads nothing of the environment that AWS clients read', async () => {
    const before = { ...process.env }
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: 'http://192.0.2.1',
      AWS_REGION: 'xx-nowhere-1',
      AWS_PROFILE: 'poison',
      HTTPS_PROXY: 'http://192.0.2.1',
    })
    const { drill } = await start({ scenario: calmScenario })
    expect(drill.aws.region).toBe('us-east-1')
    expect(drill.aws.override.endpoint).toContain('127.0.0.1')
    process.env = before
  })
})
