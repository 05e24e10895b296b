import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fail } from '../../src/domain/result.js'
import type { SshSettings } from '../../src/fleet/fleet.js'
import { haproxy } from '../../src/providers/haproxy/haproxy.js'
import { createProviders, type ProviderSet } from '../../src/providers/providers.js'
import { isDoubtful } from '../../src/runtime/doubt.js'
import { fastClock, type TestClock } from '../providers/clock.js'
import { tcpServer } from '../providers/servers.js'
import { failureOf, okOf, testWire } from '../providers/wire.js'
import { clientConfig, type RunningSshd, startSshd } from './real-sshd.js'
import { eachService } from './service.js'
import { mastersOf, untilGone } from './ssh-processes.js'

/** A socket behind an sshd, which answers as HAProxy does. */
type Far = { readonly sshd: RunningSshd; readonly admin: string; readonly stop: () => Promise<void> }

const startFar = async (): Promise<Far> => {
  const sshd = await startSshd()
  const socket = path.join(sshd.folder, 'admin.sock')
  const server = net.createServer(connection => {
    connection.on('error', () => {})
    connection.once('data', () => connection.end(EMPTY_TABLE))
  })
  await new Promise<void>(resolve => server.listen(socket, resolve))
  return {
    sshd,
    admin: `ssh://127.0.0.1:${sshd.port}${socket}`,
    stop: async () => {
      server.close()
      await sshd.stop()
    },
  }
}

const EMPTY_TABLE = '# pxname,svname,scur,slim,status,type,rate,\n\n'

const open: ProviderSet[] = []
const providersBy = (ssh: SshSettings, clock: TestClock = fastClock()) => {
  const wire = testWire({ clock })
  const outside = { env: process.env, redact: (text: string) => text.replaceAll('hush-hush', '[secret x]') }
  const providers = createProviders({ ...wire, outside, ssh })
  open.push(providers)
  return { providers, sent: wire.sent }
}
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

eachService('ssh', [{ name: 'sshd', binary: 'sshd', also: 'ssh', start: startFar }], service => {
  let far: Far
  beforeAll(async () => {
    far = await service.start()
  })
  afterAll(() => far?.stop())
  const login = () => `ssh://127.0.0.1:${far.sshd.port}`
  const run = (providers: ProviderSet, argv: readonly string[], timeout = 10_000) =>
    providers.ssh.run({ host: login(), argv, timeout })

  describe('a connection', () => {
    it('is opened once for all that is asked side by side, and is gone when it is closed', async () => {
      const { providers, sent } = providersBy(far.sshd.settings)
      const asked = [...Array(10).keys()].map(() => providers.haproxy(far.admin).stat())
      const ran = run(providers, ['true'])
      for (const one of await Promise.all(asked)) okOf(one)
      okOf(await ran)
      expect(sent.map(({ endpoint }) => endpoint).sort()).toEqual([...Array(10).fill('haproxy'), 'ssh'])
      const masters = await mastersOf(process.pid)
      expect(masters).toHaveLength(1)
      providers.close()
      await untilGone(masters)
    })

    it('is not opened by who still waited for a turn when all was ended', async () => {
      const { providers } = providersBy(far.sshd.settings)
      const asked = [...Array(20).keys()].map(n =>
        providers.haproxy(far.admin.replace('ssh://', `ssh://u${n}@`)).stat(),
      )
      await expect.poll(async () => (await mastersOf(process.pid)).length).toBeGreaterThan(0)
      providers.close()
      for (const one of await Promise.all(asked)) expect(failureOf(one).code).toBe('target.refused')
      await untilGone(await mastersOf(process.pid))
    })

    it('is opened before it is asked whether a change may be sent: that can take a while', async () => {
      const { providers } = providersBy(far.sshd.settings)
      const admit = () => fail('incident.lost', 'somebody else has it.', 'look')
      const held = providers.withRecorder(() => expect.fail('it was sent'), admit)
      expect(failureOf(await held.ssh.run({ host: login(), argv: ['true'], timeout: 10_000 })).code).toBe(
        'incident.lost',
      )
      expect(failureOf(await held.haproxy(far.admin).disableFrontend('x')).code).toBe('incident.lost')
      expect(await mastersOf(process.pid)).toHaveLength(1)
    })

    it('that died is opened again by the next who asks', async () => {
      const { providers } = providersBy(far.sshd.settings)
      okOf(await providers.haproxy(far.admin).stat())
      const masters = await mastersOf(process.pid)
      for (const pid of masters) process.kill(pid, 'SIGKILL')
      await untilGone(masters)
      await expect.poll(async () => (await providers.haproxy(far.admin).stat()).ok).toBe(true)
      okOf(await run(providers, ['true']))
    })

    it('knows a host by the authority that the fleet file names, and by a file of keys', async () => {
      const certified = await startSshd({ certifiedFor: '127.0.0.1' })
      const stranger = path.join(certified.folder, 'nobody_known')
      await writeFile(stranger, '')
      const config = path.join(certified.folder, 'config')
      await writeFile(config, clientConfig(path.join(certified.folder, 'id'), stranger))
      const host = `ssh://127.0.0.1:${certified.port}`
      const ask = (ssh: SshSettings) =>
        providersBy({ ...ssh, config }).providers.ssh.run({ host, argv: ['true'], timeout: 10_000 })
      try {
        expect(failureOf(await ask({ hostCas: [] })).message).toContain('host key is not known')
        expect(failureOf(await ask({ hostCas: [far.sshd.hostKey] })).message).toContain('host key is not known')
        okOf(await ask(certified.settings))
        okOf(await ask({ hostCas: [], knownHosts: path.join(certified.folder, 'known_hosts') }))
        expect(await readFile(stranger, 'utf8')).toBe('') // nothing is learnt by connecting
      } finally {
        await certified.stop()
      }
    })
  })

  describe('what cannot be connected is told, is known not to have been sent, and asks nobody', () => {
    const configured = async (name: string, identity: string, knownHosts: string) => {
      const file = path.join(far.sshd.folder, name)
      await writeFile(file, clientConfig(identity, knownHosts))
      return { config: file, hostCas: [] }
    }
    const folder = (name: string) => path.join(far.sshd.folder, name)
    const notSent = async (ssh: SshSettings, admin: string) => {
      const { providers, sent } = providersBy(ssh)
      const failure = failureOf(await providers.haproxy(admin).stat())
      expect(failure.code).toBe('target.refused')
      expect(isDoubtful(failure)).toBe(false)
      expect(sent).toEqual([])
      expect(failure.message).not.toContain('\n')
      return failure
    }

    it('a host key that is not known', async () => {
      await writeFile(folder('empty'), '')
      const ssh = await configured('unknown', folder('id'), folder('empty'))
      const failure = await notSent(ssh, far.admin)
      expect(failure.message).toBe(`ssh to 127.0.0.1:${far.sshd.port}: its host key is not known.`)
      expect(failure.next).toContain('host_ca')
    })

    it('another host key than the one that is known', async () => {
      const other = (await readFile(folder('id.pub'), 'utf8')).trim()
      await writeFile(folder('wrong'), `[127.0.0.1]:${far.sshd.port} ${other}\n`)
      const ssh = await configured('changed', folder('id'), folder('wrong'))
      const failure = await notSent(ssh, far.admin)
      expect(failure.message).toContain('not the one that is known')
      expect(failure.next).toContain('Somebody may stand in between')
    })

    it('no key that is let in', async () => {
      const ssh = await configured('keyless', folder('host'), folder('known_hosts'))
      const failure = await notSent(ssh, far.admin)
      expect(failure.message).toContain('does not let this user in')
      expect(failure.next).toContain('ssh-add -l')
    })

    it('no sshd', async () => {
      const closed = await tcpServer(() => {})
      await closed.close()
      const failure = await notSent(far.sshd.settings, `ssh://127.0.0.1:${closed.port}/run/admin.sock`)
      expect(failure.message).toContain('refused the connection')
    })

    it('something else that listens there', async () => {
      const other = await tcpServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
      const failure = await notSent(far.sshd.settings, `ssh://127.0.0.1:${other.port}/run/admin.sock`)
      await other.close()
      expect(failure.message).toMatch(/closed the connection before anybody could log in/)
    })

    it('an sshd that takes the connection and never answers', async () => {
      const silent = await tcpServer(() => {})
      const failure = await notSent(far.sshd.settings, `ssh://127.0.0.1:${silent.port}/run/admin.sock`)
      expect(failure.message).toContain('did not answer')
      await silent.close()
    })

    it('one that stalls half-way, within 15 seconds', async () => {
      const half = await tcpServer(socket => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
      const clock = fastClock(10)
      const { providers } = providersBy(far.sshd.settings, clock)
      const admin = `ssh://127.0.0.1:${half.port}/run/admin.sock`
      const failure = failureOf(await providers.haproxy(admin).stat())
      expect(failure).toMatchObject({ code: 'target.refused', message: expect.stringContaining('within 15s') })
      await half.close()
    })

    it('a name that nobody knows', async () => {
      const failure = await notSent(far.sshd.settings, 'ssh://nobody.invalid/run/admin.sock')
      expect(failure.message).toContain('cannot be looked up')
    })

    it('a configuration of ssh that is none', async () => {
      await writeFile(folder('broken'), 'NoSuchOption yes\n')
      const failure = await notSent({ config: folder('broken'), hostCas: [] }, far.admin)
      expect(failure.message).toContain('configuration of this machine')
    })

    it('a machine without ssh', async () => {
      const wire = testWire()
      const outside = { env: { PATH: folder('nothing') }, redact: (text: string) => text }
      const providers = createProviders({ ...wire, outside, ssh: far.sshd.settings })
      const failure = failureOf(await providers.haproxy(far.admin).stat())
      expect(failure.message).toContain('no ssh on this machine')
    })
  })

  describe('a tunnel', () => {
    it('to a socket that is not there says that the host was reached', async () => {
      const { providers } = providersBy(far.sshd.settings)
      const failure = failureOf(await providers.haproxy(`${login()}/run/none.sock`).stat())
      expect(failure.code).toBe('target.protocol')
      expect(failure.next).toMatch(/ssh reached the host.*whether the socket exists/)
    })

    it('needs a way that was given: without one it leads nowhere', async () => {
      expect(failureOf(await haproxy(far.admin, testWire()).stat()).code).toBe('drill.escape')
    })
  })

  describe('a program of another host', () => {
    it.each([[['printf', '%s|', "it's", '', '$HOME', '`id`', 'a b', '*', '"', '\\', 'x\ny', '-n', 'A=b']]])(
      'gets its words as they are: %j',
      async argv => {
        const ran = okOf(await run(providersBy(far.sshd.settings).providers, argv))
        expect(ran.stdout).toBe(
          argv
            .slice(2)
            .map(word => `${word}|`)
            .join(''),
        )
        expect(ran.exit).toBe(0)
      },
    )

    it('is the first word, also one that a shell would take for a variable', async () => {
      const ran = okOf(await run(providersBy(far.sshd.settings).providers, ['A=b', 'true']))
      expect(ran.exit).toBe(127)
    })

    it('ends with its own code, and what it says stays apart', async () => {
      const { providers } = providersBy(far.sshd.settings)
      const ran = okOf(await run(providers, ['sh', '-c', 'echo out; echo err >&2; exit 7']))
      expect(ran).toEqual({ exit: 7, stdout: 'out\n', stderr: 'err\n' })
    })

    it('may end with 255 as well, which is what ssh says when it breaks', async () => {
      const { providers } = providersBy(far.sshd.settings)
      expect(okOf(await run(providers, ['sh', '-c', 'exit 255'])).exit).toBe(255)
    })

    it('reads what it is given, and nothing where it is given nothing', async () => {
      const { providers } = providersBy(far.sshd.settings)
      const asked = { host: login(), argv: ['cat'], timeout: 10_000 }
      expect(okOf(await providers.ssh.run({ ...asked, stdin: 'hello' })).stdout).toBe('hello')
      expect(okOf(await providers.ssh.run(asked)).stdout).toBe('')
    })

    it('may say as much as it likes: the beginning is kept, and no secret', async () => {
      const { providers } = providersBy(far.sshd.settings)
      const ran = okOf(
        await run(providers, ['sh', '-c', 'echo hush-hush; head -c 300000 /dev/zero | tr "\\0" x']),
      )
      expect(ran.stdout.startsWith('[secret x]\n')).toBe(true)
      expect(ran.stdout).toContain('(cut: this is the beginning of 300010 bytes)')
    })

    it('that was ended by a signal is in doubt', async () => {
      const failure = failureOf(await run(providersBy(far.sshd.settings).providers, ['sh', '-c', 'kill -9 $$']))
      expect(isDoubtful(failure)).toBe(true)
      expect(failure.message).toMatch(/^sh on ssh:\/\/127\.0\.0\.1:\d+ was not seen to end/)
    })

    it('is in doubt where the connection breaks meanwhile, and where nobody waits any longer', async () => {
      const { providers } = providersBy(far.sshd.settings)
      const started = path.join(far.sshd.folder, 'started')
      const broken = run(providers, ['sh', '-c', `touch ${started}; sleep 60`])
      const isThere = () =>
        readFile(started).then(
          () => true,
          () => false,
        )
      await expect.poll(isThere).toBe(true)
      for (const pid of await mastersOf(process.pid)) process.kill(pid, 'SIGKILL')
      expect(isDoubtful(failureOf(await broken))).toBe(true)
      // Connected again, so that what follows is sent at once: that the old connection has ended is noticed in a moment.
      await expect.poll(async () => (await run(providers, ['true'])).ok).toBe(true)
      const late = failureOf(await run(providers, ['sleep', '60'], 3_000))
      expect(isDoubtful(late)).toBe(true)
      expect(late.message).toContain('sleep on ssh://')
    })

    it('is known not to be started where no more sessions are allowed', async () => {
      const full = await startSshd({ config: ['MaxSessions 0'] })
      const { providers } = providersBy(full.settings)
      const asked = { host: `ssh://127.0.0.1:${full.port}`, argv: ['true'], timeout: 10_000 }
      const failure = failureOf(await providers.ssh.run(asked))
      await full.stop()
      expect(failure).toMatchObject({ code: 'target.refused', next: expect.stringContaining('MaxSessions') })
    })
  })

  it('does not outlive a process that is killed', async () => {
    const script = path.join(far.sshd.folder, 'connect.mts')
    const source = (name: string) => new URL(`../../src/${name}`, import.meta.url).pathname
    await writeFile(
      script,
      `import { createProviders } from '${source('providers/providers.ts')}'
import { resolveUrl } from '${source('providers/endpoint.ts')}'
import { createSystemClock } from '${source('runtime/system-clock.ts')}'
const outside = { env: process.env, redact: text => text }
const ssh = ${JSON.stringify(far.sshd.settings)}
const providers = createProviders({ clock: createSystemClock(), resolve: resolveUrl, record: () => {}, outside, ssh })
console.log(JSON.stringify(await providers.haproxy('${far.admin}').stat()))
setInterval(() => {}, 1000)`,
    )
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: far.sshd.folder }, // its folder stays behind
    })
    const said = await new Promise<string>(resolve => child.stdout.once('data', data => resolve(String(data))))
    expect(JSON.parse(said).ok).toBe(true)
    const masters = await mastersOf(child.pid ?? 0)
    expect(masters).toHaveLength(1)
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    await untilGone(masters)
  })
})
