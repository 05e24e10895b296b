import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { instancesOf } from '../../src/drill/world/instances.js'
import { linesOf, type Running, startRunning, stopRunning, talk, talkTo } from './running.js'
import { calmScenario } from './story.js'

/** Each line is a connection of its own, closed by `quit`; the store is empty before the first. */
const CONVERSATION: readonly (readonly [sent: string, answer: string])[] = [
  ['version\r\n', 'VERSION 1.6.18\r\n'],
  ['version\nversion\r\n', 'VERSION 1.6.18\r\nVERSION 1.6.18\r\n'],
  ['foo\r\n', 'ERROR\r\n'],
  ['VERSION\r\n', 'ERROR\r\n'],
  ['\r\n', 'ERROR\r\n'],
  ['get\r\n', 'ERROR\r\n'],
  ['get a b\r\n', 'END\r\n'],
  ['set a 0 0 3\r\nabc\r\nget a\r\n', 'STORED\r\nVALUE a 0 3\r\nabc\r\nEND\r\n'],
  ['set __proto__ 5 0 2\r\nhi\r\nget __proto__ toString\r\n', 'STORED\r\nVALUE __proto__ 5 2\r\nhi\r\nEND\r\n'],
  ['set a 0 0 x\r\nabc\r\n', 'CLIENT_ERROR bad command line format\r\nERROR\r\n'],
  ['set a 0 0 2\r\nabc\r\nversion\r\n', 'CLIENT_ERROR bad data chunk\r\nERROR\r\nVERSION 1.6.18\r\n'],
  ['set k 0 0\r\n', 'ERROR\r\n'],
  ['set b 0 0 3 noreply\r\nxyz\r\nget b\r\n', 'VALUE b 0 3\r\nxyz\r\nEND\r\n'],
  [`get ${'k'.repeat(300)}\r\n`, 'CLIENT_ERROR bad command line format\r\n'],
  ['flush_all abc\r\n', 'CLIENT_ERROR invalid exptime argument\r\n'],
  ['get b\r\nflush_all\r\nget b\r\n', 'VALUE b 0 3\r\nxyz\r\nEND\r\nOK\r\nEND\r\n'],
  ['stats foo\r\n', 'ERROR\r\n'],
]

const conforms = (say: (text: string) => Promise<string>): void => {
  it('answers as memcached 1.6 does', async () => {
    for (const [sent, answer] of CONVERSATION) {
      expect([sent, await say(`${sent}quit\r\n`)]).toEqual([sent, answer])
    }
  })

  it('lists its counters until END', async () => {
    const stats = await say('stats\r\nquit\r\n')
    expect(stats).toMatch(/^(STAT \S+ \S+\r\n)+END\r\n$/)
    for (const name of ['uptime', 'version', 'curr_connections', 'max_connections', 'get_hits', 'cmd_flush']) {
      expect(stats).toContain(`STAT ${name} `)
    }
  })
}

let running: Running
const say = (url: string, text: string) => talk(running.drill, url, text)
const shard = (n: number) => instancesOf(running.drill.world(), 'us-east-c1', 'shard')[n - 1]!
const toShard = (n: number) => `tcp://${shard(n).privateIp}:11211`
const stat = (text: string, name: string) => Number(new RegExp(`STAT ${name} (\\d+)`).exec(text)?.[1])

describe('a shard of the drill', () => {
  beforeEach(async () => {
    running = await startRunning({ scenario: calmScenario })
  })
  afterEach(() => stopRunning(running))

  conforms(text => say(toShard(1), text))

  it('is reached through the frontend of its number, on every proxy', async () => {
    await say('tcp://10.0.1.10:11212', 'set key 0 0 5\r\nvalue\r\nquit\r\n')
    expect(await say(toShard(2), 'get key\r\nquit\r\n')).toContain('value')
    expect(await say('tcp://10.0.2.10:11212', 'get key\r\nquit\r\n')).toContain('value')
    expect(await say('tcp://10.0.1.10:11211', 'get key\r\nquit\r\n')).toBe('END\r\n')
  })

  it('counts a connection for each session of its frontend on all proxies', async () => {
    const connections = stat(await say(toShard(3), 'stats\r\nquit\r\n'), 'curr_connections')
    expect(connections).toBeGreaterThan(6 * 92)
    expect(connections).toBeLessThan(6 * 108 + 2)
  })

  it('remembers a flush, and only a change is in the world`s log', async () => {
    await say(toShard(1), 'version\r\nstats\r\nget a\r\nflush_all x\r\nquit\r\n')
    expect(linesOf(running.dir, 'world')).toEqual([])
    await say(toShard(1), 'flush_all\r\nquit\r\n')
    expect(linesOf(running.dir, 'world').map(line => line.operation)).toEqual(['flush_all'])
    expect(stat(await say(toShard(1), 'stats\r\nquit\r\n'), 'cmd_flush')).toBe(1)
    const seen = linesOf(running.dir, 'endpoint').filter(line => line.operation === 'flush_all')
    expect(seen.map(line => [line.endpoint, line.mutating, line.target])).toEqual([
      ['memcached', true, shard(1).id],
      ['memcached', true, shard(1).id],
    ])
  })

  it('is empty after a flush, and fills and warms again evenly', async () => {
    const look = async () => {
      const stats = await say(toShard(2), 'stats\r\nquit\r\n')
      return (name: string) => stat(stats, name)
    }
    const warm = await look()
    expect(warm('curr_items')).toBeGreaterThan(0)
    await say(toShard(2), 'flush_all\r\nquit\r\n')
    const empty = await look()
    expect(empty('curr_items')).toBeLessThan(warm('curr_items') / 100)
    expect(empty('bytes')).toBeLessThan(warm('bytes') / 100)
    await running.drill.clock.sleep(300_000)
    const half = await look()
    expect(half('curr_items') / warm('curr_items')).toBeCloseTo(0.5, 1)
    const ratio = (half('get_hits') - empty('get_hits')) / (half('cmd_get') - empty('cmd_get'))
    expect(ratio).toBeCloseTo(0.95 / 4, 1) // from nothing to half of 95 %, evenly
    await running.drill.clock.sleep(600_000)
    expect((await look())('curr_items')).toBe(warm('curr_items'))
  })

  it('is cut off from a proxy`s clients when its host ends, and refuses', async () => {
    const url = toShard(4)
    const { endpoint, accessKeyId } = running.drill.aws.override
    const ended = await running.drill.clock.io(
      fetch(endpoint, {
        method: 'POST',
        headers: { authorization: `Credential=${accessKeyId}/` },
        body: `Action=TerminateInstances&Version=2016-11-15&InstanceId.1=${shard(4).id}`,
      }).then(response => response.text()),
    )
    expect(ended).toContain('shutting-down')
    expect(await say(url, 'version\r\n')).toBe('refused')
    expect(await say('tcp://10.0.1.10:11214', 'version\r\n')).toBe('')
  })
})

const MEMCACHED = '/usr/bin/memcached'

describe.skipIf(!existsSync(MEMCACHED))('a real memcached', () => {
  let folder: string
  let process: ChildProcess

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'firebreak-memcached-'))
    chmodSync(folder, 0o777) // it drops to another user before it makes its socket
    process = spawn(MEMCACHED, ['-u', 'nobody', '-s', join(folder, 's')], { stdio: 'ignore' })
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if ((await talkTo(join(folder, 's'), 'quit\r\n')) !== 'refused') break
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  })
  afterAll(async () => {
    const ended = new Promise(resolve => process.once('exit', resolve))
    process.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  })

  conforms(text => talkTo(join(folder, 's'), text))
})
