import { describe, expect, it } from 'vitest'
import type { Apply, OpRequest } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/ssh-run/behaviour.js'
import { sshRun } from '../../src/actions/ssh-run/schema.js'
import type { JsonObject } from '../../src/domain/json.js'
import type { Plan } from '../../src/domain/plan.js'
import { fail, ok } from '../../src/domain/result.js'
import { isDoubtful } from '../../src/runtime/doubt.js'
import { failureOf, okOf } from '../engine/results.js'
import { newSite, type Site, siteHands, siteLook } from './site.js'

const RELOAD = { argv: ['systemctl', 'reload', 'haproxy'] }

const planOf = (written: JsonObject, site: Site = newSite()) =>
  behaviour.plan(sshRun.input.parse({ ...RELOAD, ...written }), siteLook(site))

const op = behaviour.ops.run!
const ARGS = { target: 'p1', host: 'ssh://ops@10.0.0.1', ...RELOAD, timeout: 1_000, exits: [0] }
const effect = (args: JsonObject, site: Site) => op.effect({ ...ARGS, ...args }, 'token', siteHands(site))

describe('a plan to run a command on hosts', () => {
  it('shows where, and what, for each of them; of whatever role and cluster', async () => {
    const plan = okOf(await planOf({ targets: ['s1', 'p3', 's1'], timeout: '5s' }))
    expect(plan.changes).toEqual([
      {
        verb: 'run',
        resource: 'systemctl reload haproxy on s1',
        before: null,
        after: { target: 's1', host: 'ssh://ops@10.0.1.1', ...RELOAD, timeout: 5_000, exits: [0] },
      },
      {
        verb: 'run',
        resource: 'systemctl reload haproxy on p3',
        before: null,
        after: { target: 'p3', host: 'ssh://ops@10.0.2.1', ...RELOAD, timeout: 5_000, exits: [0] },
      },
    ])
    expect(plan).toMatchObject({
      outside: true,
      atLeast: { level: 'operator' },
      confirm: 'systemctl 2',
      blast: { cluster: null, irreversible: true },
      commands: ["ssh ops@10.0.1.1 'systemctl reload haproxy'", "ssh ops@10.0.2.1 'systemctl reload haproxy'"],
    })
    expect(sshRun.output.parse(plan.predicted)).toEqual(plan.predicted)
  })

  it('goes the way by which the runtime API is reached, where that is ssh', async () => {
    const site = newSite()
    const { east } = site.fleet.clusters
    const proxies = { ...east!.proxies, admin: 'ssh://root@{private_ip}:2222/run/admin.sock' }
    site.fleet = { ...site.fleet, clusters: { east: { ...east!, proxies } } }
    const plan = okOf(await planOf({ targets: ['p1'] }, site))
    expect(plan.changes[0]?.after).toMatchObject({ host: 'ssh://root@10.0.0.1:2222' })
    expect(plan.commands).toEqual(["ssh -p 2222 root@10.0.0.1 'systemctl reload haproxy'"])
    expect(plan.confirm).toBe('p1')
  })

  it('can be undone by the command that it names for that, and quotes twice what is typed by hand', async () => {
    const undo = ['tee', "it's"]
    const plan = okOf(await planOf({ targets: ['p1'], argv: ['tee', "it's"], undo, stdin: { secret: 'key' } }))
    expect(plan.blast.irreversible).toBe(false)
    expect(plan.changes[0]?.after).toMatchObject({ undo, stdin: { secret: 'key' } })
    // What the shell here makes of it is: tee 'it'\''s'
    expect(plan.commands).toEqual([
      `printf %s "$FIREBREAK_SECRET_KEY" | ssh ops@10.0.0.1 'tee '\\''it'\\''\\'\\'''\\''s'\\'''`,
    ])
  })

  it.each([
    ['a command that is not listed', { targets: ['p1'], argv: ['reboot'] }, 'guardrail.refused'],
    ['an undo that is not listed', { targets: ['p1'], undo: ['reboot'] }, 'guardrail.refused'],
    ['a host that the fleet does not have', { targets: ['p1', 'p9'] }, 'plan.impossible'],
    ['what is left of a redacted secret', { targets: ['p1'], argv: ['tee', '[secret KEY]'] }, 'input.invalid'],
  ])('is refused with %s', async (_, written, code) => {
    expect(failureOf(await planOf(written)).code).toBe(code)
  })

  it('is refused where an id names two hosts', async () => {
    const site = newSite()
    const { east, west } = site.fleet.clusters
    site.fleet = {
      ...site.fleet,
      clusters: { east: east!, west: { ...west!, proxies: east!.proxies } },
    }
    const failure = failureOf(await planOf({ targets: ['p1'] }, site))
    expect(failure.message).toBe('p1 names a proxy of east and a proxy of west')
  })

  it('is refused where nothing says how to get there', async () => {
    const site = newSite()
    const { west } = site.fleet.clusters
    const discover = { kind: 'static', targets: [{ id: 'p3', socket: '/run/a' }] } as const
    const proxies = { ...west!.proxies, discover, admin: 'unix:{socket}', data: 'unix:{socket}' }
    site.fleet = { ...site.fleet, clusters: { west: { ...west!, proxies } } }
    expect(failureOf(await planOf({ targets: ['p3'] }, site)).message).toContain('how ssh reaches p3')
  })

  it.each([
    ['no target', { targets: [] }],
    ['a secret in its arguments', { targets: ['p1'], argv: ['tee', { secret: 'key' }] }],
    ['a zero byte', { targets: ['p1'], argv: ['tee', 'a\0b'] }],
    ['an exit code that there is not', { targets: ['p1'], exit_codes: [256] }],
    ['a variable', { targets: ['p1'], env: { A: 'b' } }],
  ])('takes no input with %s', (_, written) => {
    expect(sshRun.input.safeParse({ ...RELOAD, ...written }).success).toBe(false)
  })
})

describe('running it on one host', () => {
  it('gives the value of a secret to the program alone', async () => {
    const site = newSite()
    const ran = await effect({ argv: ['tee'], stdin: { prefix: 'x=', secret: 'key' } }, site)
    expect(okOf(ran)).toEqual({ exit: 0, stdout: 'fine', stderr: '' })
    expect(site.ran).toEqual([
      { host: 'ssh://ops@10.0.0.1', argv: ['tee'], stdin: 'x=canary-value', timeout: 1_000 },
    ])
  })

  it.each([
    ['today’s fleet file no longer lists it', { argv: ['reboot'] }, 'guardrail.refused'],
    ['its secret is missing', { argv: ['tee'], stdin: { secret: 'gone' } }, 'secret.missing'],
  ])('does not happen where %s', async (_, args, code) => {
    const site = newSite()
    expect(failureOf(await effect(args, site)).code).toBe(code)
    expect(site.ran).toEqual([])
  })

  it('has failed with another exit code than those that count as done', async () => {
    const site = newSite()
    site.ends.set('ssh://ops@10.0.0.1', ok({ exit: 3, stdout: '', stderr: 'no\nroom' }))
    const failure = failureOf(await effect({}, site))
    expect(failure).toMatchObject({ code: 'command.failed', message: 'systemctl on p1 ended with 3: no room' })
    expect(isDoubtful(failure)).toBe(false)
    expect(okOf(await effect({ exits: [0, 3] }, site))).toMatchObject({ exit: 3 })
  })

  it('whose end was not seen is in doubt, and nothing but a person can tell', async () => {
    const site = newSite()
    site.ends.set('ssh://ops@10.0.0.1', fail('target.timeout', 'not seen', 'look'))
    expect(isDoubtful(failureOf(await effect({}, site)))).toBe(true)
    const probe = await op.probe(ARGS, 'token', siteHands(site))
    expect(probe).toMatchObject({
      state: 'unknown',
      evidence: expect.stringMatching(/`systemctl reload haproxy` does on p1 .*whether it still runs there/),
    })
    expect(site.ran).toHaveLength(1) // the probe sends nothing
  })

  it('is taken back on the same host by the command that was declared, checked like any other', async () => {
    const takeBack = (args: JsonObject) =>
      typeof op.undo === 'string' ? op.undo : op.undo({ ...ARGS, ...args }, null)
    const [request] = takeBack({ undo: ['tee', 'x'], exits: [0, 3], stdin: 'given' })
    const back = typeof request === 'string' ? expect.fail(request) : request!
    expect(back).toEqual({
      kind: 'run',
      key: 'undo',
      target: 'p1',
      args: { target: 'p1', host: 'ssh://ops@10.0.0.1', argv: ['tee', 'x'], timeout: 1_000, exits: [0] },
    })
    const site = newSite()
    okOf(await effect(back.args, site))
    expect(site.ran.map(({ argv }) => argv)).toEqual([['tee', 'x']])
    expect(takeBack({})).toMatch(/no command/)
  })
})

describe('applying it', () => {
  const many = (count: number): Plan => ({
    ...emptyPlan,
    changes: Array.from({ length: count }, (_, index) => ({
      verb: 'run',
      resource: `x on h${index}`,
      before: null,
      after: { ...ARGS, target: `h${index}` },
    })),
  })
  const emptyPlan: Plan = {
    action: 'ssh.run',
    with: {},
    digest: 'd',
    summary: '',
    changes: [],
    blast: { cluster: null, serving: 0, floor: 0, takes: 0, unavailable: 0, adds: 0, irreversible: true },
    facts: [],
    warnings: [],
    undo: [],
    confirm: '',
    predicted: {},
    commands: [],
    locks: [],
  }

  /** Hosts on which it fails; the batches that were begun are kept. */
  const ctxWith = (failing: readonly string[]) => {
    const batches: string[][] = []
    const end = ({ target }: OpRequest) =>
      failing.includes(target)
        ? fail('command.failed', `${target} says no`, 'look')
        : ok({ exit: 0, stdout: target, stderr: '' })
    const ctx: Apply = {
      op: async request => end(request),
      all: async requests => {
        batches.push(requests.map(({ target }) => target))
        return requests.map(end)
      },
    }
    return { ctx, batches }
  }

  it('runs on ten at a time', async () => {
    const { ctx, batches } = ctxWith([])
    const applied = okOf(await behaviour.apply(many(25), ctx))
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 5])
    expect(sshRun.output.parse(applied.output).ran).toHaveLength(25)
    expect(applied.failure).toBeUndefined()
  })

  it('begins no other batch after one in which a host failed, and tells what was done', async () => {
    const { ctx, batches } = ctxWith(['h3', 'h7'])
    const applied = okOf(await behaviour.apply(many(25), ctx))
    expect(batches).toHaveLength(1)
    expect(applied.failure?.message).toBe('2 of 25 hosts failed (h3, h7), 15 not begun: h3 says no')
    const { ran } = sshRun.output.parse(applied.output)
    expect(ran.map(({ target }) => target)).toEqual(['h0', 'h1', 'h2', 'h4', 'h5', 'h6', 'h8', 'h9'])
  })

  it('knows no output where an operator said that it happened', async () => {
    const ctx: Apply = { op: async () => ok(null), all: async requests => requests.map(() => ok(null)) }
    const applied = okOf(await behaviour.apply(many(1), ctx))
    expect(applied.output).toEqual({ ran: [{ target: 'h0', exit: 0, stdout: '', stderr: '' }] })
  })
})
