import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import path from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { firebreak, journalOf, type Machine, newMachine, onlyIncident, PROGRAM, theOnly } from './firebreak.js'
import { installed } from './installed.js'

/** What an operator's machine has, and what a drill must not so much as look at. */
const PROGRAMS = ['aws', 'ssh', 'scp', 'nft', 'iptables', 'haproxy', 'memcached', 'socat', 'nc', 'curl', 'wget']
const SHELLS = ['sh', 'bash', 'env', 'node', 'npm', 'docker', 'systemctl', 'sudo', 'git']

let trap: Trap

beforeEach(async () => {
  trap = await layTrap()
})

afterEach(() => trap.stop())

describe('a drill on a machine with credentials, proxies and tools', () => {
  it('resolves, and touches none of them', async () => {
    const { machine, env } = trap
    const { code, stdout, stderr } = await firebreak(machine, ['drill', '--seed', '3'], { env })
    expect(code).toBe(0)
    expect(theOnly(journalOf(machine, onlyIncident(machine)), 'incident.ended').data.outcome).toBe('resolved')
    expect(trap.called()).toBe('')
    expect(trap.connections()).toBe(0)
    expect(stdout + stderr).not.toMatch(/NodeVersionSupportWarning|no longer support|warning/i)
  })

  it('a dry-run and a resume touch none of them either', async () => {
    const { machine, env } = trap
    expect(await firebreak(machine, ['drill', '--dry-run', '--seed', '3'], { env })).toMatchObject({ code: 0 })
    expect(await firebreak(machine, ['resume', 'last'], { env })).toMatchObject({ code: 2 }) // it is over
    expect(trap.called()).toBe('')
    expect(trap.connections()).toBe(0)
  })

  it('the trap itself works: who does call, connect or read is noticed', async () => {
    const { machine, env } = trap
    await execa('curl', ['http://example.invalid'], { env: { ...machine.env, ...env }, extendEnv: false })
    await once(connect(Number(new URL(env.AWS_ENDPOINT_URL!).port), '127.0.0.1'), 'close')
    expect(trap.called()).toContain('curl http://example.invalid')
    expect(trap.connections()).toBe(1)
  })

  it('opens no file of theirs, starts nothing, and connects only to itself (seen by the kernel)', async context => {
    if (!installed('strace', context)) return
    const { machine, env } = trap
    const log = path.join(machine.dir, 'strace.txt')
    const watched = 'trace=connect,bind,sendto,openat,open,execve'
    const drill = [process.execPath, PROGRAM, 'drill', '--seed', '3']
    const { exitCode } = await execa('strace', ['-f', '-qq', '-s', '300', '-e', watched, '-o', log, ...drill], {
      cwd: machine.cwd,
      env: { ...machine.env, ...env, PATH: process.env.PATH ?? '' },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: 40_000,
    })
    expect(exitCode).toBe(0)
    const calls = readFileSync(log, 'utf8').split('\n')
    const of = (name: string) => calls.filter(call => new RegExp(`^\\d+ +${name}\\(`).test(call))

    expect(of('openat').length).toBeGreaterThan(5)
    expect(calls.filter(call => call.includes('/.aws') || call.includes(trap.poison))).toEqual([])
    expect(of('execve')).toHaveLength(1) // node itself
    const reached = [...of('connect'), ...of('bind')]
    expect(reached.length).toBeGreaterThan(5)
    expect(reached.filter(call => !isOwn(call, machine))).toEqual([])
    const ports = new Set(of('connect').flatMap(call => /sin_port=htons\((\d+)\)/.exec(call)?.[1] ?? []))
    expect(ports.size).toBe(1) // the EC2 endpoint of the drill
  })
})

/** Loopback, or a unix socket in the drill's own temporary folder. */
const isOwn = (call: string, machine: Machine): boolean =>
  /sa_family=AF_INET, .*inet_addr\("127\.0\.0\.1"\)/.test(call) ||
  call.includes(`sa_family=AF_UNIX, sun_path="${machine.env.TMPDIR}/firebreak-`)

type Trap = {
  readonly machine: Machine
  readonly env: Readonly<Record<string, string>>
  /** The folder with the files that must not be opened. */
  readonly poison: string
  readonly called: () => string
  readonly connections: () => number
  readonly stop: () => Promise<void>
}

const layTrap = async (): Promise<Trap> => {
  const machine = newMachine()
  const calls = path.join(machine.dir, 'called.txt')
  const canaries = path.join(machine.dir, 'canaries')
  mkdirSync(canaries)
  for (const name of [...PROGRAMS, ...SHELLS]) {
    const file = path.join(canaries, name)
    writeFileSync(file, `#!/bin/sh\necho "\${0##*/} $*" >>'${calls}'\n`)
    chmodSync(file, 0o755)
  }
  let connections = 0
  const listener = createServer(socket => {
    connections += 1
    socket.on('error', () => undefined)
    socket.destroy()
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
  const poison = path.join(machine.dir, 'poison')
  return {
    machine,
    env: { ...poisonedEnv(machine, poison, canaries, url), PATH: `${canaries}:${process.env.PATH}` },
    poison,
    called: () => (existsSync(calls) ? readFileSync(calls, 'utf8') : ''),
    connections: () => connections,
    stop: () => closed(listener),
  }
}

const closed = (listener: Server): Promise<void> => new Promise(resolve => listener.close(() => resolve()))

/** Whoever reads any of these ends up at the listener, runs a canary, or fails. */
const poisonedEnv = (machine: Machine, poison: string, canaries: string, url: string) => {
  const config = [
    `[profile poison]`,
    `endpoint_url = ${url}`,
    `credential_process = ${canaries}/aws leak`,
    `region = eu-north-1`,
    `sdk_ua_app_id = leaked`,
    '',
  ].join('\n')
  for (const folder of [poison, path.join(machine.home, '.aws')]) {
    mkdirSync(folder)
    for (const name of ['config', 'credentials', 'token'])
      writeFileSync(path.join(folder, name), config + config.replace('profile poison', 'default'))
  }
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
  return {
    AWS_PROFILE: 'poison',
    AWS_REGION: 'eu-north-1',
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_EC2: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_CONFIG_FILE: path.join(poison, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(poison, 'credentials'),
    AWS_WEB_IDENTITY_TOKEN_FILE: path.join(poison, 'token'),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/poison',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
    AWS_MAX_ATTEMPTS: '1000',
    AWS_USE_FIPS_ENDPOINT: 'true',
    ...Object.fromEntries(proxies.map(name => [name, url])),
  }
}
