import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { takeAway } from '../../src/actions/ip-filter/take-away.js'
import { createProviders } from '../../src/providers/providers.js'
import { LISTED_BY_HAND } from '../conformance/haproxy-clients-suite.js'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { eachService } from '../conformance/service.js'
import { okOf } from '../providers/wire.js'
import { firebreak, type Machine, newMachine, type Options } from './firebreak.js'
import { deniedAt, LATER, recordFor, registerOf, standAt } from './standing.js'

const DUE = { filter: 'f-due', prefixes: ['203.0.113.0/25', '198.51.100.7/32'] } as const
const LONG = { filter: 'f-long', prefixes: ['192.0.2.128/25'], until: LATER } as const
const ALL = [...DUE.prefixes, ...LONG.prefixes, LISTED_BY_HAND]

eachService('expire', [{ name: 'HAProxy', binary: 'haproxy', start: startHaproxy('tcp') }], service => {
  let proxy: RunningHaproxy
  let machine: Machine

  /** One whose time is over, one whose time is not, and one that somebody has put there by hand. */
  beforeEach(async () => {
    proxy = await service.start()
    machine = newMachine()
    await standAt(machine, proxy, DUE)
    await standAt(machine, proxy, LONG)
  })
  afterEach(() => proxy.stop())

  const expire = (args: readonly string[] = [], options?: Options) =>
    firebreak(machine, ['expire', ...args], options)
  const standing = (): string[] =>
    registerOf(machine)
      .all()
      .map(({ filter }) => filter)
  const expectUntouched = async (): Promise<void> => {
    expect([...(await deniedAt(proxy))].sort()).toEqual([...ALL].sort())
    expect(standing()).toEqual(['f-due', 'f-long'])
  }

  describe('what is due', () => {
    it('goes, in a line each, and nothing else does; and then it is quiet, as cron wants it', async () => {
      const first = await expire()
      expect(first).toMatchObject({ code: 0, stderr: '' })
      expect(first.stdout).toBe('removed f-due at p1: 203.0.113.0/25, 198.51.100.7/32 (tcp 11211-11212)\n')
      expect([...(await deniedAt(proxy))].sort()).toEqual([...LONG.prefixes, LISTED_BY_HAND].sort())
      expect(standing()).toEqual(['f-long'])
      expect(await expire()).toMatchObject({ code: 0, stdout: '', stderr: '' })
    })

    it('goes where the allowlist is gone, the fleet file broken, and nobody says where it is', async () => {
      mkdirSync(path.join(machine.cwd, 'runbooks'))
      writeFileSync(path.join(machine.cwd, 'runbooks', 'fleet.yaml'), 'clusters: [')
      expect(await expire()).toMatchObject({ code: 0, stderr: '' })
      expect(standing()).toEqual(['f-long'])
    })

    it('goes once, when two come at once, and neither fails', async () => {
      const both = await Promise.all([expire(), expire()])
      expect(both.map(({ code }) => code)).toEqual([0, 0])
      expect(both.map(({ stderr }) => stderr)).toEqual(['', ''])
      expect([...(await deniedAt(proxy))].sort()).toEqual([...LONG.prefixes, LISTED_BY_HAND].sort())
      expect(standing()).toEqual(['f-long'])
    })

    it('and was taken away by hand is struck out, and said so', async () => {
      const { haproxy } = createProviders(proxy.wire)
      for (const prefix of recordFor(proxy, DUE).prefixes)
        okOf(await haproxy(proxy.admin).allow(proxy.denyList, prefix))
      expect(await expire()).toMatchObject({
        code: 0,
        stdout: 'gone f-due at p1: it was not there any more\n',
        stderr: '',
      })
      expect(standing()).toEqual(['f-long'])
    })

    it('stays said to stand where its proxy does not answer, while all others go', async () => {
      const dead = { admin: 'tcp://127.0.0.1:1', denyList: proxy.denyList }
      const place = { by: 'deny_list', proxy: 'p2', admin: dead.admin, list: dead.denyList } as const
      registerOf(machine).write(recordFor(dead, { filter: 'f-far', prefixes: ['203.0.113.200/32'], place }))
      const run = await expire()
      expect(run.code).toBe(1)
      expect(run.stdout).toMatch(/^removed f-due at p1: .*\n$/)
      expect(run.stderr).toMatch(/^firebreak: f-far at p2 may still stand, nobody could look: .*refused/)
      expect(run.stderr).toMatch(/\n {2}next: .*firebreak expire --forget f-far/)
      expect(standing()).toEqual(['f-far', 'f-long'])
      const forgotten = await expire(['--forget', 'f-far'])
      expect(forgotten).toMatchObject({ code: 0, stderr: '' })
      expect(forgotten.stdout).toMatch(/^forgot f-far at p2: nobody looked/)
      expect(standing()).toEqual(['f-long'])
    })

    it('stays for another filter that wants the same entry, until that one goes', async () => {
      await standAt(machine, proxy, { filter: 'f-same', prefixes: ['203.0.113.0/25'], until: LATER })
      const run = await expire()
      expect(run.stdout).toBe(
        'removed f-due at p1: 198.51.100.7/32 (tcp 11211-11212); 203.0.113.0/25 stays: another filter wants it\n',
      )
      expect(await deniedAt(proxy)).toContain('203.0.113.0/25')
      await expire(['f-same'])
      expect(await deniedAt(proxy)).not.toContain('203.0.113.0/25')
    })

    it('is not passed over where a record cannot be read', async () => {
      const file = path.join(machine.state, 'filters', 'file-0123456789abcdef', 'odd.json')
      writeFileSync(file, '{"v":1,"filter":"f-odd"}')
      const run = await expire()
      expect(run.code).toBe(1)
      expect(run.stdout).toMatch(/^removed f-due/)
      expect(run.stderr).toContain(`${file} is no record that can be read`)
    })
  })

  describe('a name', () => {
    it('goes now, whatever its time', async () => {
      const run = await expire(['f-long'])
      expect(run).toMatchObject({
        code: 0,
        stdout: 'removed f-long at p1: 192.0.2.128/25 (tcp 11211-11212)\n',
        stderr: '',
      })
      expect(standing()).toEqual(['f-due'])
      expect(await deniedAt(proxy)).toContain('203.0.113.0/25')
    })

    it('that nothing has is said, with those that there are; the others go', async () => {
      const run = await expire(['f-lonk', 'f-long'])
      expect(run.code).toBe(2)
      expect(run.stderr).toMatch(/no filter f-lonk stands.*\n {2}next: these do: f-due, f-long/)
      expect(standing()).toEqual(['f-due'])
    })

    it('of two that share an entry takes it away with both, in whatever order they come', async () => {
      await standAt(machine, proxy, { filter: 'f-same', prefixes: LONG.prefixes, until: LATER })
      expect(await expire(['f-long', 'f-same'])).toMatchObject({ code: 0, stderr: '' })
      expect(await deniedAt(proxy)).not.toContain(LONG.prefixes[0])
    })
  })

  it('two that share an entry and are taken away side by side leave it to nobody', async () => {
    const same = recordFor(proxy, { filter: 'f-same', prefixes: LONG.prefixes, until: LATER })
    const register = registerOf(machine)
    okOf(register.write(same))
    const tools = { clock: proxy.wire.clock, providers: createProviders(proxy.wire), filters: register }
    const both = await Promise.all([takeAway(recordFor(proxy, LONG), tools), takeAway(same, tools)])
    expect(both.every(({ ok }) => ok)).toBe(true)
    expect(await deniedAt(proxy)).not.toContain(LONG.prefixes[0])
    expect(standing()).toEqual(['f-due'])
  })

  describe('--list, --dry-run and --json', () => {
    it('show what stands, and change nothing', async () => {
      const run = await expire(['--list'])
      expect(run).toMatchObject({ code: 0, stderr: '' })
      const [first, where, second] = run.stdout.split('\n')
      expect(first).toMatch(
        /^f-due {2}OVERDUE by \d+h.* \(until 2020-01-01T00:00:00Z\) {2}edge {2}20261124-0412-kqzx$/,
      )
      expect(where).toBe(
        `    deny list ${proxy.denyList} of p1: 203.0.113.0/25, 198.51.100.7/32 (tcp 11211-11212)`,
      )
      expect(second).toMatch(/^f-long {2}\d+h.* left \(until 2099-01-01T00:00:00Z\)/)
      await expectUntouched()
    })

    it('say what would be removed', async () => {
      expect(await expire(['--dry-run'])).toMatchObject({
        code: 0,
        stdout: 'would remove f-due at p1: 203.0.113.0/25, 198.51.100.7/32 (tcp 11211-11212)\n',
        stderr: '',
      })
      expect((await expire(['--dry-run', 'f-long'])).stdout).toMatch(/^would remove f-long at p1: [^\n]*\n$/)
      await expectUntouched()
    })

    it('say the same for programs, of what was done as well', async () => {
      const { place, scope, incident } = recordFor(proxy, DUE)
      const due = {
        ...{ filter: 'f-due', incident, cluster: 'edge', place, scope, prefixes: DUE.prefixes },
        ...{ fleet: 'file-0123456789abcdef', until: '2020-01-01T00:00:00.000Z', overdue: true },
      }
      const listed = JSON.parse((await expire(['--list', '--json'])).stdout)
      expect(listed).toMatchObject({ v: 1, filters: [due, { filter: 'f-long', overdue: false }] })
      expect(listed.filters[0]).not.toHaveProperty('state')
      const done = JSON.parse((await expire(['--json'])).stdout)
      expect(done).toMatchObject({ v: 1, filters: [{ ...due, state: 'removed' }] })
      expect(JSON.parse((await expire(['--json'])).stdout)).toMatchObject({ v: 1, filters: [] })
    })
  })

  it('--from-acl without a region asks for it: none is guessed', async () => {
    const run = await expire(['--from-acl', 'acl-1'])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toMatch(/next: .*--region us-east-1/)
  })

  describe('a state folder that cannot be written', () => {
    it('keeps nobody blocked: it is said that the record stays, and later that it is gone', async context => {
      const through = readOnly(machine, context)
      const first = await expire([], { through })
      expect(first.code, first.stderr).toBe(0)
      expect(first.stdout).toMatch(/^removed f-due at p1: 203.0.113.0\/25, 198.51.100.7\/32 [^\n]*\n$/)
      expect(first.stderr).toMatch(/^! f-due at p1 stays in the register.*read-only/)
      expect([...(await deniedAt(proxy))].sort()).toEqual([...LONG.prefixes, LISTED_BY_HAND].sort())
      expect(standing()).toEqual(['f-due', 'f-long'])

      const second = await expire([], { through })
      expect(second.code).toBe(0)
      expect(second.stdout).toBe('gone f-due at p1: it was not there any more\n')
      expect(await expire()).toMatchObject({ code: 0, stderr: '' })
      expect(standing()).toEqual(['f-long'])
    })

    it('takes two away that share an entry', async context => {
      await standAt(machine, proxy, { filter: 'f-same', prefixes: LONG.prefixes, until: LATER })
      const run = await expire(['f-long', 'f-same'], { through: readOnly(machine, context) })
      expect(run.code, run.stderr).toBe(0)
      expect(await deniedAt(proxy)).not.toContain(LONG.prefixes[0])
    })
  })

  describe('other commands', () => {
    it.each([[['incidents']], [['triage']], [['note', 'nope', 'x']], [['journal', 'verify', 'nope']]])(
      '%j reminds of what is overdue, in a line',
      async args => {
        const { stderr } = await firebreak(machine, args)
        expect(stderr.split('\n')[0]).toBe('1 filter is overdue: firebreak expire')
        expect(stderr.match(/overdue/g)).toHaveLength(1)
      },
    )

    it('count filters, not the places where they stand', async () => {
      const elsewhere = { ...proxy, admin: 'tcp://127.0.0.1:1' }
      registerOf(machine, 'file-other').write(recordFor(elsewhere, { ...DUE, filter: 'f-other' }))
      const place = { by: 'deny_list', proxy: 'p2', admin: elsewhere.admin, list: '/x' } as const
      registerOf(machine).write(recordFor(proxy, { ...DUE, place }))
      expect((await firebreak(machine, ['incidents'])).stderr).toMatch(
        /^2 filters are overdue: firebreak expire\n/,
      )
    })

    it.each([[['--version']], [['lint']]])('%j does not: it is about no fleet', async args => {
      expect((await firebreak(machine, args)).stderr).not.toContain('overdue')
    })

    it('say nothing where nothing is overdue', async () => {
      await expire()
      expect((await firebreak(machine, ['incidents'])).stderr).not.toContain('overdue')
    })
  })

  it('do ip-filter.remove needs no more of a fleet file than whose it is', async () => {
    const file = path.join(machine.cwd, 'runbooks', 'fleet.yaml')
    mkdirSync(path.dirname(file))
    writeFileSync(file, 'account: "123456789012"\nregion: us-east-1\nclusters: { edge: { proxies: gone } }\n')
    const record = recordFor(proxy, LONG)
    okOf(registerOf(machine, '123456789012-us-east-1').write(record))
    const remove = ['do', 'ip-filter.remove', '-w', `filters=${LONG.filter}`]
    const shown = await firebreak(machine, [...remove, '--dry-run', '--auto'])
    expect(shown.stderr).toContain('Filters are taken away all the same')
    const digest = /digest ([0-9a-f]{64})/.exec(shown.stdout + shown.stderr)?.[1]
    const answers = path.join(machine.cwd, 'answers.yaml')
    writeFileSync(answers, `gates: { ip_filter_remove: { approve: ${digest} } }\n`)
    const run = await firebreak(machine, [...remove, '--answers', answers])
    expect(run.code, run.stdout + run.stderr).toBe(0)
    expect([...(await deniedAt(proxy))].sort()).toEqual([...DUE.prefixes, LISTED_BY_HAND].sort())
  })

  it('do ip-filter.remove where nothing says whose fleet it is names the way without one', async () => {
    mkdirSync(path.join(machine.cwd, 'runbooks'))
    writeFileSync(path.join(machine.cwd, 'runbooks', 'fleet.yaml'), 'clusters: [')
    const run = await firebreak(machine, ['do', 'ip-filter.remove', '-w', 'filters=f-long'])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('without any fleet file by: firebreak expire f-long\n')
    await expectUntouched()
    expect(readdirSync(machine.state)).not.toContain('incidents')
  })
})

/** What a program is started through, so that its state folder is on a disk that is read-only, for it alone. */
const readOnly = ({ state }: Machine, context: TestContext): readonly string[] => {
  const mounting = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
  const through = ['unshare', '--mount', 'sh', '-c', mounting, state]
  try {
    const [program = '', ...args] = [...through, 'true']
    execFileSync(program, args, { stdio: 'pipe' })
  } catch (error) {
    const reason = `no disk can be mounted here: ${error instanceof Error ? error.message : String(error)}`
    console.warn(`SKIPPED ${context.task.name}: ${reason}`)
    context.skip(reason)
  }
  return through
}
