import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { instancesOf } from '../../src/drill/world/instances.js'
import { proxySessions } from '../../src/drill/world/sessions.js'
import { linesOf, type Running, startRunning, stopRunning, talk, talkTo } from './running.js'
import { calmScenario } from './story.js'

/** In one order, on one process: later answers depend on earlier commands. */
const CONVERSATION: readonly (readonly [command: string, answer: string])[] = [
  ['disable frontend shard1', '\n'],
  ['disable frontend shard1', 'All sockets are already disabled.\n\n'],
  ['enable frontend shard1', '\n'],
  ['enable frontend shard1', 'All sockets are already enabled.\n\n'],
  ['disable frontend nope', 'No such frontend.\n\n'],
  ['disable frontend', 'A frontend name is expected.\n\n'],
  ['disable frontend shard1;enable frontend shard1', '\n\n'],
  ['  disable   frontend  shard1 ; disable frontend nope', '\nNo such frontend.\n\n'],
  ['enable frontend shard1', '\n'],
  ['shutdown sessions server shard1/s1', '\n'],
  ['shutdown sessions server shard1/s9', 'No such server.\n\n'],
  ['shutdown sessions server nope/s1', 'No such backend.\n\n'],
  ['shutdown sessions server', "Require 'backend/server'.\n\n"],
  ['get weight shard1/s1', '1 (initial 1)\n\n'],
  ['set weight shard1/s1 5', '\n'],
  ['get weight shard1/s1', '5 (initial 1)\n\n'],
  ['set weight shard1/s1 257', 'Absolute weight can only be between 0 and 256 inclusive.\n\n'],
  ['set weight shard1/s1 -1', 'Absolute weight can only be between 0 and 256 inclusive.\n\n'],
  ['set weight shard1/s1 abc', 'Empty weight string empty or preceded by garbage\n'],
  ['set weight shard1/s1 1.5', 'Trailing garbage in weight string\n'],
  ['set weight shard1/s1', 'Require <weight> or <weight%>.\n\n'],
  ['set weight shard1/s9 1', 'No such server.\n\n'],
  ['set weight nope/s1 1', 'No such backend.\n\n'],
  ['set weight shard1 1', "Require 'backend/server'.\n\n"],
  ['set weight', "Require 'backend/server'.\n\n"],
  ['get weight nope/s1', 'No such backend.\n\n'],
  ['get weight shard1/s9', 'No such server.\n\n'],
  ['get weight shard1/s1', '5 (initial 1)\n\n'],
  ['set weight shard1/s1 300%', '\n'],
  ['get weight shard1/s1', '3 (initial 1)\n\n'],
  ['set weight shard1/s1 0', '\n'],
  ['set weight shard1/s1 100%;get weight shard1/s1', '\n1 (initial 1)\n\n'],
  ['show servers state nope', "Can't find backend.\n\n"],
  ['set rate-limit connections global', 'Expects an integer value.\n\n'],
  ['set rate-limit connections global -1', 'Value out of range.\n\n'],
  ['set rate-limit connections global 2147483648', 'Value out of range.\n\n'],
  ['set rate-limit connections global 99999999999999999999', 'Value out of range.\n\n'],
  ['set rate-limit connections global 40', '\n'],
  ['set rate-limit connections global 4294967296', '\n'],
  ['set rate-limit connections global abc', '\n'],
]

/** The same about a list of addresses, LIST, and who is connected; nothing is open. */
const OF_CLIENTS: readonly (readonly [command: string, answer: string])[] = [
  ['get acl LIST 198.18.0.1', 'type=ip, case=sensitive, match=yes, idx=tree, pattern="198.18.0.0/15"\n\n'],
  ['get acl LIST 10.1.1.1', 'type=ip, case=sensitive, match=no\n\n'],
  ['get acl LIST nothing', 'type=ip, case=sensitive, match=no\n\n'],
  ['get acl LIST', 'Missing ACL identifier and/or key.\n\n'],
  ['get acl /nope 10.1.1.1', 'Unknown ACL identifier. Please use #<id> or <file>.\n\n'],
  ['show acl /nope', 'Unknown ACL identifier. Please use #<id> or <file>.\n\n'],
  ['add acl /nope 10.1.1.1', 'Unknown ACL identifier. Please use #<id> or <file>.\n\n'],
  ['del acl /nope 10.1.1.1', 'Unknown map identifier. Please use #<id> or <file>.\n\n'],
  ['add acl LIST', "'add acl' expects two parameters: ACL identifier and pattern.\n\n"],
  ['del acl LIST', 'This command expects two parameters: ACL identifier and key.\n\n'],
  ['add acl LIST nothing', "'nothing' is not a valid IPv4 or IPv6 address.\n\n"],
  ['add acl LIST 10.0.0.0/33', "'10.0.0.0/33' is not a valid IPv4 or IPv6 address.\n\n"],
  ['del acl LIST 10.1.0.0/16', 'Key not found.\n\n'],
  ['add acl LIST 10.1.0.0/16', '\n'],
  ['add acl LIST 10.1.2.0/24;add acl LIST 10.1.0.0/16', '\n\n'],
  ['get acl LIST 10.1.1.1', 'type=ip, case=sensitive, match=yes, idx=tree, pattern="10.1.0.0/16"\n\n'],
  ['get acl LIST ::ffff:10.1.2.1', 'type=ip, case=sensitive, match=yes, idx=tree, pattern="10.1.2.0/24"\n\n'],
  ['del acl LIST 10.1.0.0/16', '\n'],
  ['del acl LIST 10.1.0.0/16', 'Key not found.\n\n'],
  ['get acl #0 10.1.2.1', 'type=ip, case=sensitive, match=yes, idx=tree, pattern="10.1.2.0/24"\n\n'],
  ['get acl LIST 10.1.1.1', 'type=ip, case=sensitive, match=no\n\n'],
  ['del acl LIST 10.1.2.0/24', '\n'],
  ['shutdown session', "Session pointer expected (use 'show sess').\n\n"],
  ['shutdown session abc', "Session pointer expected (use 'show sess').\n\n"],
  ['shutdown session 0x1', "No such session (use 'show sess').\n\n"],
  ['show sess 0x1', 'Session not found.\n\n'],
  ['show table nope', 'No such table\n\n'],
]

/** Cells of `show stat` that must be the same in any calm HAProxy, by column number. */
const shapeOf = (csv: string): { columns: string[]; rows: string[][] } => {
  const [header = '', ...lines] = csv.split('\n')
  const table = lines.filter(line => line !== '').map(line => line.split(','))
  return {
    columns: header.slice(0, header.indexOf(',-,')).split(','),
    // pxname svname status iid sid type: the columns by which a reader tells rows apart
    rows: table.map(row => [0, 1, 17, 27, 28, 32].map(column => row[column] ?? '')),
  }
}

const conforms = (ask: (command: string) => Promise<string>, list: () => string): void => {
  it('answers each command as HAProxy 2.6 does', async () => {
    for (const [command, answer] of CONVERSATION)
      expect([command, await ask(command)]).toEqual([command, answer])
  })

  it('answers about lists and clients as HAProxy 2.6 does', async () => {
    for (const [command, answer] of OF_CLIENTS)
      expect([command, await ask(command.replaceAll('LIST', list()))]).toEqual([command, answer])
  })

  it('lists what it denies in the order in which it came, twice what came twice', async () => {
    for (const pattern of ['10.1.0.0/16', '2001:db8::/32', '10.1.0.0/16'])
      await ask(`add acl ${list()} ${pattern}`)
    const shown = (await ask(`show acl ${list()}`)).split('\n').map(line => line.replace(/^0x[0-9a-f]+ /, ''))
    expect(shown).toEqual(['198.18.0.0/15', '10.1.0.0/16', '2001:db8::/32', '10.1.0.0/16', '', ''])
    expect(await ask('show acl')).toContain(
      `0 (${list()}) pattern loaded from file '${list()}' used by acl at file`,
    )
    for (const pattern of ['10.1.0.0/16', '2001:db8::/32']) await ask(`del acl ${list()} ${pattern}`)
  })

  it('shows its own session among the others, and its tables', async () => {
    const own =
      /^0x[0-9a-f]+: proto=unix_stream src=unix:\d fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=\w+ age=0s /m
    expect(await ask('show sess')).toMatch(own)
    expect(await ask('show table')).toMatch(/^# table: clients, type: ipv6, size:102400, used:\d+\n\n$/)
    expect(await ask('show table clients')).toMatch(/^# table: clients, type: ipv6, size:102400, used:\d+\n/)
  })

  it('shows its sections in the columns of HAProxy 2.6', async () => {
    const all = shapeOf(await ask('show stat'))
    expect(all.columns.slice(0, 8)).toEqual('# pxname,svname,qcur,qmax,scur,smax,slim,stot'.split(','))
    expect([17, 18, 32, 33, 73].map(place => all.columns[place])).toEqual(
      'status,weight,type,rate,addr'.split(','),
    )
    expect(all.rows.slice(0, 3)).toEqual([
      ['shard1', 'FRONTEND', 'OPEN', '2', '0', '0'],
      ['shard1', 's1', 'UP', '2', '1', '2'],
      ['shard1', 'BACKEND', 'UP', '2', '0', '1'],
    ])
    expect(all.rows[3]?.slice(0, 4)).toEqual(['shard2', 'FRONTEND', 'OPEN', '3'])
    expect(shapeOf(await ask('show stat shard1 4 -1')).rows).toEqual([['shard1', 's1', 'UP', '2', '1', '2']])
    expect(shapeOf(await ask('show stat 99 -1 -1')).rows).toEqual([])
    expect(shapeOf(await ask('show stat nope')).rows).toEqual(all.rows)
  })

  it('shows the weights that are set, and those it was started with', async () => {
    await ask('set weight shard2/s1 9')
    const [version, header = '', ...rows] = (await ask('show servers state')).trimEnd().split('\n')
    expect(version).toBe('1')
    const names = header.slice('# '.length).split(' ')
    const cells = ['be_name', 'srv_name', 'srv_op_state', 'srv_admin_state', 'srv_uweight', 'srv_iweight']
    const read = (row: string) => cells.map(name => row.split(' ')[names.indexOf(name)])
    expect(names).toHaveLength(25)
    expect(rows.slice(0, 2).map(read)).toEqual([
      ['shard1', 's1', '2', '0', '1', '1'],
      ['shard2', 's1', '2', '0', '9', '1'],
    ])
    expect((await ask('show servers state shard2')).trimEnd().split('\n').slice(2).map(read)).toEqual([
      ['shard2', 's1', '2', '0', '9', '1'],
    ])
    await ask('set weight shard2/s1 0')
    expect(shapeOf(await ask('show stat shard2 2 -1')).rows[0]?.slice(1, 3)).toEqual(['BACKEND', 'DOWN'])
    await ask('set weight shard2/s1 1')
  })

  it('says how many connections a second it takes at most, where what is no number takes the limit away', async () => {
    const limit = async () => /^ConnRateLimit: (.*)$/m.exec(await ask('show info'))?.[1]
    expect(await limit()).toBe('0')
    for (const [written, is] of [
      ['40', '40'],
      ['4294967297', '1'],
      ['7x', '7'],
      ['abc', '0'],
    ] as const) {
      expect(await ask(`set rate-limit connections global ${written}`)).toBe('\n')
      expect(await limit()).toBe(is)
    }
  })

  it('shows a disabled frontend as paused', async () => {
    await ask('disable frontend shard2')
    expect(shapeOf(await ask('show stat shard2 1 -1')).rows[0]?.[2]).toBe('PAUSED')
    await ask('enable frontend shard2')
    expect(shapeOf(await ask('show stat shard2 1 -1')).rows[0]?.[2]).toBe('OPEN')
  })

  it('ends every answer with an empty line, and says what it does not know', async () => {
    expect(await ask('show stat')).toMatch(/,\n\n$/)
    expect(await ask('show info')).toMatch(/^Name: HAProxy\n(.+\n)+\n$/)
    expect(await ask('')).toMatch(/^Unknown command\. Please enter one of the following commands only:\n/)
    expect(await ask('set rate-limit')).toMatch(/^'set rate-limit' only supports :\n(.+\n){4}\n$/)
    expect(await ask('show')).toMatch(
      /^Unknown command, but maybe one of the following ones is a better match:\n(.+\n)+\n$/,
    )
  })
}

const FAILED = 'Failed to pause frontend, check logs for precise cause.\n\n'

let running: Running
const ADMIN = 'tcp://10.0.1.10:9999'
const first = () => instancesOf(running.drill.world(), 'us-east-c1', 'proxy')[0]!
const ask = (command: string) => talk(running.drill, ADMIN, `${command}\n`)

describe('a proxy of the drill', () => {
  beforeEach(async () => {
    running = await startRunning({ scenario: calmScenario })
  })
  afterEach(() => stopRunning(running))

  conforms(ask, () => '/etc/haproxy/denied.lst')

  it('counts the sessions of the world, split over its frontends, each under its limit', async () => {
    const rows = (await ask('show stat')).split('\n').map(line => line.split(','))
    const frontends = rows.filter(row => row[1] === 'FRONTEND')
    const sessions = frontends.map(row => Number(row[4]))
    expect(frontends.map(row => row[6])).toEqual(['1000', '1000', '1000', '1000'])
    expect(sessions.reduce((sum, count) => sum + count)).toBe(
      proxySessions(running.drill.world(), first(), running.drill.clock.now()),
    )
  })

  it('logs reads as reads, and what changes in the world`s log too', async () => {
    await ask('show stat')
    await ask('disable frontend shard3')
    await ask('disable frontend nope')
    expect(
      linesOf(running.dir, 'endpoint').map(({ endpoint, operation, mutating, target }) => [
        endpoint,
        operation,
        mutating,
        target,
      ]),
    ).toEqual([
      ['haproxy', 'show stat', false, first().id],
      ['haproxy', 'disable frontend', true, first().id],
      ['haproxy', 'disable frontend', true, first().id],
    ])
    expect(linesOf(running.dir, 'world').map(({ operation, args }) => [operation, args])).toEqual([
      ['disable frontend', { instance: first().id, frontend: 'shard3' }],
    ])
  })

  it('refuses new clients of a disabled frontend, and takes them again later', async () => {
    const data = 'tcp://10.0.1.10:11213'
    expect(await talk(running.drill, data, 'quit\r\n')).toBe('')
    await ask('disable frontend shard3')
    expect(await talk(running.drill, data, 'version\r\n')).toBe('refused')
    expect(await talk(running.drill, 'tcp://10.0.1.10:11212', 'quit\r\n')).toBe('')
    await ask('enable frontend shard3')
    expect(await talk(running.drill, data, 'version\r\nquit\r\n')).toBe('VERSION 1.6.18\r\n')
  })

  it('that is stuck cannot be stopped, says so in the words of HAProxy, and goes on accepting', async () => {
    const stuck = { kind: 'stuck-frontend', cluster: 'us-east-c1', role: 'proxy' } as const
    await stopRunning(running)
    running = await startRunning({
      scenario: { ...calmScenario, faults: [{ ...stuck, frontend: 'shard3', proxies: 2 }] },
    })
    const answers = await Promise.all(
      instancesOf(running.drill.world(), 'us-east-c1', 'proxy').map(async ({ id, privateIp }) => {
        const admin = `tcp://${privateIp}:9999`
        const answer = await talk(running.drill, admin, 'disable frontend shard3\n')
        expect(await talk(running.drill, admin, 'disable frontend shard4\n')).toBe('\n')
        return { id, privateIp, answer }
      }),
    )
    const failed = answers.filter(({ answer }) => answer !== '\n')
    expect(failed.map(({ answer }) => answer)).toEqual([FAILED, FAILED])
    for (const { privateIp } of failed)
      expect(await talk(running.drill, `tcp://${privateIp}:11213`, 'quit\r\n')).toBe('')
    const stopped = linesOf(running.dir, 'world').map(({ args }) => args)
    for (const { id } of failed) expect(stopped).not.toContainEqual({ instance: id, frontend: 'shard3' })
  })

  it('survives clients that send rubbish, nothing, or leave at once', async () => {
    expect(await ask('\u0000\u0001;;;')).toMatch(/^Unknown command/)
    expect(await talk(running.drill, ADMIN, 'x'.repeat(20_000))).toBe('')
    expect(await ask('enable frontend nope')).toBe('No such frontend.\n\n')
  })
})

const HAPROXY = '/usr/sbin/haproxy'

describe.skipIf(!existsSync(HAPROXY))('a real HAProxy', () => {
  let folder: string
  let process: ChildProcess
  const askReal = (command: string) => talkTo(join(folder, 'admin'), `${command}\n`)

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'firebreak-haproxy-'))
    const section = (n: number) => `listen shard${n}
  bind unix@${join(folder, `data${n}`)}
  tcp-request connection reject if { src -f ${join(folder, 'denied')} }
  server s1 unix@${join(folder, `data${n}`)} check`
    writeFileSync(join(folder, 'denied'), '198.18.0.0/15\n')
    writeFileSync(
      join(folder, 'cfg'),
      `global
  stats socket ${join(folder, 'admin')} level admin
defaults
  mode tcp
  timeout connect 1s
  timeout client 1m
  timeout server 1m
${[1, 2].map(section).join('\n')}
backend clients
  stick-table type ipv6 size 100k store conn_cur,conn_rate(10s)
`,
    )
    process = spawn(HAPROXY, ['-db', '-f', join(folder, 'cfg')], { stdio: 'ignore' })
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if ((await askReal('show info').catch(() => 'refused')) !== 'refused') break
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  })
  afterAll(async () => {
    const ended = new Promise(resolve => process.once('exit', resolve))
    process.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  })

  conforms(askReal, () => join(folder, 'denied'))
})
