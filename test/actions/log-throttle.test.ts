import { describe, expect, it } from 'vitest'
import type { Apply } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/log-throttle/behaviour.js'
import { logThrottle } from '../../src/actions/log-throttle/schema.js'
import type { JsonObject } from '../../src/domain/json.js'
import type { Plan } from '../../src/domain/plan.js'
import { failureOf, okOf } from '../engine/results.js'
import { newSite, type Site, siteHands, siteLook } from './site.js'

const planOf = (site: Site, cluster = 'east') => behaviour.plan({ cluster }, siteLook(site))
const opOf = (kind: string) => behaviour.ops[kind] ?? expect.fail(`no op ${kind}`)
const S1 = 'tcp://10.0.1.1:11211'

describe('a plan to log less', () => {
  it('runs the fleet file’s command on each proxy, and lowers the shards that log more than errors', async () => {
    const plan = okOf(await planOf(newSite()))
    expect(plan.changes.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'run quiet haproxy on p1',
      'run quiet haproxy on p2',
      'set verbosity s1',
    ])
    expect(plan.changes[2]).toMatchObject({ before: { level: 2 }, after: { level: 0 } })
    expect(plan).toMatchObject({
      summary: 'Make east log less: 2 proxies, 1 shard',
      outside: true,
      locks: ['cluster:east'],
      blast: { irreversible: false },
      undo: ['run loud haproxy on each of those proxies', 'the verbosity of s1 is 2 again'],
      commands: [
        "ssh ops@10.0.0.1 'quiet haproxy'",
        "ssh ops@10.0.0.2 'quiet haproxy'",
        'echo "verbosity 0" | socat stdio tcp:10.0.1.1:11211',
      ],
    })
    expect(logThrottle.output.parse(plan.predicted)).toEqual({ proxies: ['p1', 'p2'], shards: ['s1'] })
  })

  it('says what stays as it is: proxies without a command, shards that do not answer', async () => {
    const site = newSite()
    const { log: _, ...fleet } = site.fleet
    site.fleet = fleet
    site.levels.delete('tcp://10.0.1.2:11211')
    const plan = okOf(await planOf(site))
    expect(plan.warnings).toEqual([
      expect.stringContaining('`log: { throttle, restore }`'),
      expect.stringMatching(/^s2 logs on as before: .*did not answer/),
    ])
    expect(plan.outside).toBeUndefined() // shards are served in a drill
  })

  it('finds nothing to do where all log as little as they can', async () => {
    const site = newSite()
    const { log: _, ...fleet } = site.fleet
    site.fleet = fleet
    expect(failureOf(await planOf(site, 'west')).code).toBe('plan.nothing-to-do')
  })
})

describe('the command on a proxy', () => {
  const run = (argv: readonly string[], site = newSite()) =>
    opOf('run').effect(
      { target: 'p1', host: 'ssh://ops@10.0.0.1', argv: [...argv], timeout: 1_000, exits: [0] },
      'token',
      siteHands(site),
    )

  it('needs not be listed besides, and is taken back by its counterpart', async () => {
    okOf(await run(['quiet', 'haproxy']))
    okOf(await run(['loud', 'haproxy']))
  })

  it.each([[['quiet']], [['quiet', 'haproxy', '-f']], [['systemctl', 'reload']]])(
    'is %j only where the fleet file says exactly that',
    async argv => {
      const site = newSite()
      expect(failureOf(await run(argv, site)).code).toBe('guardrail.refused')
      expect(site.ran).toEqual([])
    },
  )
})

describe('the verbosity of a shard', () => {
  const ARGS = { shard: 's1', data: S1, from: 2, to: 0 }
  const op = opOf('set-verbosity')
  const effect = (site: Site, args: JsonObject = ARGS) => op.effect(args, 'token', siteHands(site))
  const undo = (result: JsonObject) => (typeof op.undo === 'string' ? op.undo : op.undo(ARGS, result))

  it('is lowered, and set to what it was', async () => {
    const site = newSite()
    const result = okOf(await effect(site))
    expect(site.levels.get(S1)).toBe(0)
    const [back] = undo(result as JsonObject)
    okOf(await effect(site, typeof back === 'string' ? expect.fail(back) : back!.args))
    expect(site.levels.get(S1)).toBe(2)
  })

  it('is left alone where somebody else has set it meanwhile, in both directions', async () => {
    const site = newSite()
    site.levels.set(S1, 1)
    expect(failureOf(await effect(site)).message).toContain('its verbosity is 1, and was to be 2')
    expect(site.levels.get(S1)).toBe(1)
    site.levels.set(S1, 0)
    expect(undo(okOf(await effect(site)) as JsonObject)).toEqual([])
  })

  it('is looked up where it is not known whether it was set', async () => {
    const site = newSite()
    const probe = () => op.probe(ARGS, 'token', siteHands(site))
    expect(await probe()).toMatchObject({ state: 'not-done' })
    site.levels.set(S1, 0)
    expect(await probe()).toMatchObject({ state: 'done', result: { was: 2 } })
    site.levels.delete(S1)
    expect(await probe()).toMatchObject({ state: 'unknown' })
    expect(failureOf(await effect(site)).code).toBe('target.refused') // known: nothing was sent
  })
})

it('what is applied is what was planned', async () => {
  const site = newSite()
  const draft = okOf(await planOf(site))
  const plan: Plan = { ...draft, action: 'log.throttle', with: {}, digest: 'd' }
  const ctx: Apply = {
    op: async () => expect.fail('all go side by side'),
    all: requests =>
      Promise.all(requests.map(({ kind, args }) => opOf(kind).effect(args, 'token', siteHands(site)))),
  }
  const applied = okOf(await behaviour.apply(plan, ctx))
  expect(applied).toEqual({ output: { proxies: ['p1', 'p2'], shards: ['s1'] }, summary: 'p1, p2, s1 log less' })
  expect(site.ran.map(({ host, argv }) => [host, ...argv].join(' '))).toEqual([
    'ssh://ops@10.0.0.1 quiet haproxy',
    'ssh://ops@10.0.0.2 quiet haproxy',
  ])
  expect(site.levels.get(S1)).toBe(0)
})
