import { afterEach, describe, expect, it } from 'vitest'
import type { Scenario } from '../../src/drill/scenario.js'
import { servesAt, stateAt } from '../../src/drill/world/instances.js'
import type { WorldInstance } from '../../src/drill/world/world.js'
import { linesOf, type Running, startRunning, stopRunning, talk } from './running.js'
import { calmScenario, EPOCH } from './story.js'

type Fault = Scenario['faults'][number]

const open: Running[] = []
afterEach(async () => {
  for (const running of open.splice(0)) await stopRunning(running)
})

/** A calm fleet in which just that goes wrong. */
const startWith = async (...faults: Fault[]): Promise<Running> => {
  const running = await startRunning({ scenario: { ...calmScenario, faults } })
  open.push(running)
  return running
}

type Said = { readonly status: number; readonly text: string } | 'cut'

const ec2 = ({ drill }: Running, parameters: string): Promise<Said> =>
  drill.clock.io(
    fetch(drill.aws.override.endpoint, {
      method: 'POST',
      headers: { authorization: `Credential=${drill.aws.override.accessKeyId}/`, connection: 'close' },
      body: `Version=2016-11-15&${parameters}`,
    }).then(
      async response => ({ status: response.status, text: await response.text() }),
      () => 'cut' as const,
    ),
  )

const launch = (running: Running, token: string, subnet = 'subnet-a1', type = 'c7i.large'): Promise<Said> =>
  ec2(
    running,
    `Action=RunInstances&LaunchTemplate.LaunchTemplateName=lt-proxy&SubnetId=${subnet}&InstanceType=${type}` +
      `&MinCount=1&MaxCount=1&ClientToken=${token}`,
  )

const wordsOf = (said: Said): string => {
  if (said === 'cut') return said
  return said.status === 200 ? 'done' : `${said.status} ${/<Code>(.*?)</.exec(said.text)?.[1]}`
}

const look = (running: Running, parameters = ''): Promise<Said> =>
  ec2(running, `Action=DescribeInstances${parameters}`)

/** What was launched, in order. */
const launched = ({ drill }: Running): WorldInstance[] =>
  Object.values(drill.world().instances).filter(({ launchedAt }) => launchedAt >= EPOCH)

const until = async ({ drill }: Running, moment: number): Promise<void> => {
  await drill.clock.sleep(moment - drill.clock.now())
}

describe('requests to EC2', () => {
  it('are turned away in the share that is named, each as the seed says, and nothing is done', async () => {
    const running = await startWith({ kind: 'ec2-throttling', share: 0.3 })
    const said: string[] = []
    for (let n = 0; n < 60; n += 1) said.push(wordsOf(await launch(running, `t${n}`)))
    const away = said.filter(words => words === '503 RequestLimitExceeded').length
    expect(away).toBeGreaterThan(8)
    expect(away).toBeLessThan(30)
    expect(launched(running)).toHaveLength(60 - away)

    const again = await startWith({ kind: 'ec2-throttling', share: 0.3 })
    for (const words of said.slice(0, 10)) expect(wordsOf(await launch(again, 'x'))).toBe(words)
  })

  it('are turned away only while the fault is there, and only those that it names', async () => {
    const running = await startWith({
      kind: 'ec2-throttling',
      share: 1,
      operations: ['RunInstances'],
      begins: 10_000,
      lasts: 20_000,
    })
    expect(wordsOf(await launch(running, 'before'))).toBe('done')
    await until(running, EPOCH + 10_000)
    expect(wordsOf(await launch(running, 'during'))).toBe('503 RequestLimitExceeded')
    expect(wordsOf(await look(running))).toBe('done')
    await until(running, EPOCH + 30_000)
    expect(wordsOf(await launch(running, 'after'))).toBe('done')
  })

  it.each([
    [false, 0],
    [true, 1],
  ])('fail with an error of EC2 itself; done: %s', async (done, count) => {
    const running = await startWith({ kind: 'ec2-errors', share: 1, done })
    expect(wordsOf(await launch(running, 'a'))).toBe('500 InternalError')
    expect(launched(running)).toHaveLength(count)
    expect(linesOf(running.dir, 'world')).toHaveLength(count)
  })

  it('lose their answer once they are done, the first so many of them; the same token is answered then', async () => {
    const running = await startWith({ kind: 'ec2-cut', operation: 'RunInstances', first: 1 })
    expect(wordsOf(await launch(running, 'a'))).toBe('cut')
    expect(launched(running)).toHaveLength(1)
    expect(wordsOf(await launch(running, 'a'))).toBe('done')
    expect(wordsOf(await launch(running, 'b'))).toBe('done')
    expect(launched(running)).toHaveLength(2)
  })

  it('lose their answer for as long as the fault is there', async () => {
    const running = await startWith({ kind: 'ec2-cut', operation: 'RunInstances', lasts: 60_000 })
    for (const token of ['a', 'a', 'b']) expect(wordsOf(await launch(running, token))).toBe('cut')
    expect(launched(running)).toHaveLength(2)
    expect(wordsOf(await look(running))).toBe('done')
  })

  it('count the changes that were cut also after kill -9: by what the log of the world has', async () => {
    const scenario: Scenario = {
      ...calmScenario,
      faults: [{ kind: 'ec2-cut', operation: 'RunInstances', first: 2 }],
    }
    const first = await startRunning({ scenario })
    expect(wordsOf(await launch(first, 'a'))).toBe('cut')
    await first.drill.stop()
    const second = await startRunning({ scenario, dir: first.dir })
    open.push(second)
    expect(wordsOf(await launch(second, 'b'))).toBe('cut')
    expect(wordsOf(await launch(second, 'c'))).toBe('done')
  })

  it('are answered late, and done at once', async () => {
    const running = await startWith({ kind: 'ec2-stall', delay: 10_000, share: 1 })
    const before = running.drill.clock.now()
    const said = launch(running, 'a')
    expect(wordsOf(await said)).toBe('done')
    expect(running.drill.clock.now() - before).toBeGreaterThanOrEqual(10_000)
    expect(launched(running)[0]!.launchedAt - before).toBeLessThan(1_000)
  })

  it.each(['RequestExpired', 'ExpiredToken'] as const)(
    'are turned away for expired credentials: %s',
    async code => {
      const running = await startWith({ kind: 'credentials-expire', code, begins: 5_000, lasts: 5_000 })
      expect(wordsOf(await look(running))).toBe('done')
      await until(running, EPOCH + 5_000)
      expect(wordsOf(await look(running))).toBe(`400 ${code}`)
      expect(wordsOf(await launch(running, 'a'))).toBe(`400 ${code}`)
      await until(running, EPOCH + 10_000)
      expect(wordsOf(await launch(running, 'a'))).toBe('done')
      expect(launched(running)).toHaveLength(1)
    },
  )
})

describe('a launch', () => {
  it('is not to be seen at first, neither in lists nor by its id', async () => {
    const running = await startWith({ kind: 'ec2-invisible', hidden: 30_000 })
    const said = await launch(running, 'a')
    const { id, launchedAt } = launched(running)[0]!
    expect(said === 'cut' ? '' : said.text).toContain(id)
    expect(wordsOf(await look(running, `&InstanceId.1=${id}`))).toBe('400 InvalidInstanceID.NotFound')
    const listed = async () => JSON.stringify(await look(running)).includes(id)
    expect(await listed()).toBe(false)
    await until(running, launchedAt + 30_000)
    expect(await listed()).toBe(true)
    expect(wordsOf(await look(running, `&InstanceId.1=${id}`))).toBe('done')
  })

  it('finds no capacity where it is said, and elsewhere it does; a dry run is not told', async () => {
    const running = await startWith({ kind: 'no-capacity', subnets: ['subnet-a1'], types: ['c7i.large'] })
    expect(wordsOf(await launch(running, 'a'))).toBe('500 InsufficientInstanceCapacity')
    expect(wordsOf(await launch(running, 'a&DryRun=true'))).toBe('412 DryRunOperation')
    expect(wordsOf(await launch(running, 'b', 'subnet-b1'))).toBe('done')
    expect(wordsOf(await launch(running, 'c', 'subnet-a1', 'c7a.large'))).toBe('done')
  })

  it('meets the quota of a family, whichever its subnet', async () => {
    const running = await startWith({ kind: 'quota', family: 'c7i' })
    expect(wordsOf(await launch(running, 'a'))).toBe('400 VcpuLimitExceeded')
    expect(wordsOf(await launch(running, 'b', 'subnet-b1'))).toBe('400 VcpuLimitExceeded')
    expect(wordsOf(await launch(running, 'c', 'subnet-a1', 'c7a.large'))).toBe('done')
  })

  it('of which the first never serves: it runs, and nothing answers there', async () => {
    const running = await startWith({ kind: 'never-healthy', cluster: 'us-east-c1', first: 1 })
    await launch(running, 'a')
    await launch(running, 'b')
    const [sick, sound] = launched(running) as [WorldInstance, WorldInstance]
    await until(running, EPOCH + 600_000)
    expect(stateAt(sick, EPOCH + 600_000)).toBe('running')
    expect(await talk(running.drill, `tcp://${sick.privateIp}:9999`, 'show info\n')).toBe('refused')
    expect(servesAt(sound, EPOCH + 600_000)).toBe(true)
  })

  it('of which the first dies before it runs, and EC2 says why', async () => {
    const running = await startWith({ kind: 'launch-dies', cluster: 'us-east-c1', first: 1 })
    expect(wordsOf(await launch(running, 'a'))).toBe('done')
    await launch(running, 'b')
    const [dead, sound] = launched(running) as [WorldInstance, WorldInstance]
    expect(stateAt(dead, dead.launchedAt + 1)).toBe('pending')
    await until(running, EPOCH + 60_000)
    const said = JSON.stringify(await look(running, `&InstanceId.1=${dead.id}`))
    expect(said).toContain('<name>terminated</name>')
    expect(said).toContain('<code>Client.InternalError</code>')
    expect(stateAt(sound, EPOCH + 60_000)).toBe('running')
    await until(running, EPOCH + 2 * 3_600_000)
    expect(wordsOf(await look(running, `&InstanceId.1=${dead.id}`))).toBe('400 InvalidInstanceID.NotFound')
  })

  it('has the same fate after kill -9', async () => {
    const scenario: Scenario = {
      ...calmScenario,
      faults: [
        { kind: 'never-healthy', cluster: 'us-east-c1', first: 1 },
        { kind: 'launch-dies', cluster: 'us-east-c1', first: 2, begins: 1_000 },
      ],
    }
    const first = await startRunning({ scenario })
    await launch(first, 'a')
    await until(first, EPOCH + 1_000)
    for (const token of ['b', 'c', 'd']) await launch(first, token)
    const live = first.drill.world()
    await first.drill.stop()
    const second = await startRunning({ scenario, dir: first.dir })
    open.push(second)
    expect(second.drill.world()).toEqual(live)
    const fates = launched(second).map(({ diesAt, servingAt }) =>
      diesAt !== undefined ? 'dies' : Number.isFinite(servingAt) ? 'serves' : 'runs',
    )
    expect(fates).toEqual(['runs', 'dies', 'dies', 'serves'])
  })
})

describe('a termination', () => {
  it('of instances in one zone fails, while others of the same call are ended', async () => {
    const running = await startWith({ kind: 'terminate-fails', zone: 'us-east-1a' })
    const of = (zone: string) =>
      Object.values(running.drill.world().instances).find(one => one.zone === zone && one.role === 'proxy')!
    const [kept, ended] = [of('us-east-1a'), of('us-east-1b')]
    const both = `Action=TerminateInstances&InstanceId.1=${kept.id}&InstanceId.2=${ended.id}`
    expect(wordsOf(await ec2(running, both))).toBe('400 OperationNotPermitted')
    const now = running.drill.clock.now()
    const { instances } = running.drill.world()
    expect([kept, ended].map(({ id }) => stateAt(instances[id]!, now))).toEqual(['running', 'shutting-down'])
    const dry = `${both.replace(ended.id, kept.id)}&DryRun=true`
    expect(wordsOf(await ec2(running, dry))).toBe('400 OperationNotPermitted')
    expect(linesOf(running.dir, 'world')).toHaveLength(1)
  })
})

describe('a runtime API that hangs', () => {
  it('takes the connection and never answers, while clients are served', async () => {
    const running = await startWith({
      kind: 'admin-hangs',
      cluster: 'us-east-c1',
      role: 'proxy',
      proxies: 2,
      lasts: 60_000,
    })
    const { drill } = running
    const proxies = Object.values(drill.world().instances).filter(({ role }) => role === 'proxy')
    const answers = (port: number, text: string) =>
      Promise.all(
        proxies.map(async ({ privateIp }) => {
          const patient = drill.clock.sleep(3_000).then(() => 'nothing')
          const said = talk(drill, `tcp://${privateIp}:${port}`, text)
          return (await Promise.race([said, patient])).slice(0, 7)
        }),
      )
    const admin = await answers(9999, 'show info\n')
    expect(admin.filter(said => said === 'nothing')).toHaveLength(2)
    expect(admin.filter(said => said === 'Name: H')).toHaveLength(4)
    expect(await answers(11_211, 'version\r\nquit\r\n')).toEqual(proxies.map(() => 'VERSION'))
    await until(running, EPOCH + 60_000)
    expect(await answers(9999, 'show info\n')).toEqual(proxies.map(() => 'Name: H'))
    const came = linesOf(running.dir, 'endpoint').filter(({ operation }) => operation === 'show info')
    expect(came).toHaveLength(12)
  })

  it('can be that of what is launched', async () => {
    const running = await startWith({ kind: 'admin-hangs', cluster: 'us-east-c1', role: 'proxy', launched: 1 })
    await launch(running, 'a')
    await launch(running, 'b')
    await until(running, EPOCH + 120_000)
    const [hung, sound] = launched(running) as [WorldInstance, WorldInstance]
    const ask = ({ privateIp }: WorldInstance) =>
      Promise.race([
        talk(running.drill, `tcp://${privateIp}:9999`, 'show info\n'),
        running.drill.clock.sleep(5_000),
      ])
    expect(await ask(hung)).toBe('fired')
    expect(await ask(sound)).toContain('HAProxy')
  })
})
