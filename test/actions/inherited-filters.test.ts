import { describe, expect, it } from 'vitest'
import { behaviour as scaling } from '../../src/actions/cluster-scale/behaviour.js'
import { clusterScale } from '../../src/actions/cluster-scale/schema.js'
import type { Apply, OpRequest } from '../../src/actions/contract.js'
import { behaviour as replacing } from '../../src/actions/proxy-replace/behaviour.js'
import { readChanges } from '../../src/actions/proxy-replace/changes.js'
import { proxyReplace } from '../../src/actions/proxy-replace/schema.js'
import type { Json } from '../../src/domain/json.js'
import type { Plan, PlanDraft } from '../../src/domain/plan.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { Protected } from '../../src/fleet/allowlist/allowlist.js'
import type { StandingFilter } from '../../src/fleet/filters/filter.js'
import type { Look } from '../../src/providers/look.js'
import type { NetworkAcl } from '../../src/providers/network-acl.js'
import { okOf } from '../engine/results.js'
import { read } from '../fuzz/filter-trial.js'
import { applied, type Ends, reachOf } from './applied.js'
import { CLUSTER, lookAt, newCloud } from './cloud.js'
import { LIST } from './filters.js'
import { hostAt, listAt, registerWith, SCOPE, standing } from './standing.js'

const NOW = 1_800_000_000_000 // 2027-01-15T08:00:00Z, where the clock of these tests stands
const MINUTE = 60_000
const [A, B] = ['203.0.113.0/25', '198.51.100.7/32']

/** At every one of the six proxies. */
const everywhere = (filter: string, minutes: number, ...prefixes: string[]): StandingFilter[] =>
  [1, 2, 3, 4, 5, 6].map(n =>
    standing(filter, listAt(`i-${n}`, `tcp://10.0.0.${n}:9999`), NOW + minutes * MINUTE, ...prefixes),
  )

type Scene = {
  readonly filters?: readonly StandingFilter[]
  readonly kept?: readonly Protected[]
  readonly acl?: NetworkAcl
  readonly allowlist?: Look['allowlist']
}

const looking = ({ filters = [], kept = [], acl, allowlist }: Scene): Look => {
  const look = lookAt(newCloud())
  return {
    ...look,
    filters: registerWith(...filters),
    allowlist:
      allowlist ??
      (async () => ok({ allowlist: { entries: kept, files: [], hash: 'a'.repeat(64) }, stale: [] })),
    providers: {
      ...look.providers,
      ec2: async () => {
        const ec2 = okOf(await look.providers.ec2())
        return ok({ ...ec2, ...(acl ? { describeNetworkAcls: async () => ok([acl]) } : {}) })
      },
    },
  }
}

const toReplace = async (scene: Scene, ...proxies: string[]): Promise<PlanDraft> =>
  okOf(await replacing.plan(proxyReplace.input.parse({ proxies }), looking(scene)))
const toGrow = async (scene: Scene, by: number): Promise<PlanDraft> =>
  okOf(await scaling.plan(clusterScale.input.parse({ cluster: CLUSTER, by }), looking(scene)))

const bound = (draft: PlanDraft, input: Plan['with']): Plan => ({
  // as it comes back from the journal
  ...(JSON.parse(JSON.stringify(draft)) as PlanDraft),
  action: 'any',
  with: input,
  digest: 'd'.repeat(64),
})

const denials = ({ changes }: PlanDraft) => changes.filter(({ verb }) => verb === 'deny')
const said = ({ warnings }: PlanDraft, words: string) => warnings.filter(one => one.includes(words))

describe('the plan of a new proxy', () => {
  it('shows every filter that stands, until when it does, before the address moves', async () => {
    const plan = await toReplace({ filters: everywhere('f-1', 12, A, B) }, 'i-3')
    expect(plan.changes.map(({ verb }) => verb)).toEqual(['launch', 'deny', 'move', 'park'])
    expect(denials(plan)).toEqual([
      {
        verb: 'deny',
        resource: 'the new proxy for i-3',
        before: null,
        after: {
          filter: 'f-1',
          by: 'deny_list',
          list: LIST,
          addresses: [A, B],
          on: 'tcp 11211-11212',
          until: '2027-01-15T08:12:00.000Z',
        },
      },
    ])
    expect(plan.allowlist).toBe('a'.repeat(64))
    expect(said(plan, 'f-1')).toEqual([expect.stringContaining('before clients come to it')])
    expect(plan.undo.at(-1)).toContain('filters')
    expect(plan.commands.filter(one => one.includes('add acl'))).toEqual(
      [A, B].map(one => `echo "add acl ${LIST} ${one}" | socat stdio tcp:PRIVATE_IP:9999`),
    )
  })

  it('is what `apply` reads back', async () => {
    const plan = bound(await toReplace({ filters: everywhere('f-1', 12, A) }, 'i-3'), {})
    expect(readChanges(plan.changes)[0]?.filters).toEqual([
      {
        filter: 'f-1',
        scope: SCOPE,
        prefixes: [A],
        until: NOW + 12 * MINUTE,
        way: { by: 'deny_list', list: LIST },
      },
    ])
  })

  it('shows it for each of those that are launched to grow', async () => {
    const plan = await toGrow({ filters: everywhere('f-1', 12, A) }, 2)
    expect(plan.changes.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
      'launch new proxy 1',
      'deny new proxy 1',
      'launch new proxy 2',
      'deny new proxy 2',
    ])
  })

  it('is the same as ever where nothing stands, whose time is over, or what stands elsewhere', async () => {
    const plain = await toReplace({}, 'i-3')
    const over = everywhere('f-1', 0, A)
    const elsewhere = everywhere('f-2', 12, A).map(one => ({ ...one, cluster: 'us-east-c2' }))
    expect(await toReplace({ filters: [...over, ...elsewhere] }, 'i-3')).toEqual(plain)
    expect(plain.allowlist).toBeUndefined()
  })

  it('takes the longest where a filter was put up twice, and all that it denies anywhere', async () => {
    const [first, second] = everywhere('f-1', 30, A)
    const filters = [{ ...first!, incident: 'i-other', until: NOW + 5 * MINUTE, prefixes: [read(B)] }, second!]
    expect(denials(await toReplace({ filters }, 'i-3'))).toMatchObject([
      { after: { addresses: [B, A], until: '2027-01-15T08:30:00.000Z' } },
    ])
  })

  it('is the same in whatever order the register has them', async () => {
    const filters = [
      ...everywhere('f-1', 12, A, B).slice(0, 3),
      ...everywhere('f-1', 12, B).slice(3),
      ...everywhere('f-2', 12, B),
    ]
    const plan = await toReplace({ filters }, 'i-3')
    expect(denials(plan)).toMatchObject([{ after: { addresses: [A, B] } }, { after: { filter: 'f-2' } }])
    expect((await toReplace({ filters: filters.toReversed() }, 'i-3')).changes).toEqual(plan.changes)
  })

  it('says so of a filter that stands at some of the proxies only', async () => {
    const plan = await toReplace({ filters: everywhere('f-1', 12, A).slice(0, 2) }, 'i-3')
    expect(denials(plan).length).toBe(1)
    expect(said(plan, '2 of the 6 proxies')).toHaveLength(1)
    expect(said(await toReplace({ filters: everywhere('f-1', 12, A) }, 'i-3'), 'of the 6 proxies')).toEqual([])
  })

  it('leaves out who came into the allowlist since, and says who', async () => {
    const acme = { prefix: read('203.0.113.64/26'), name: 'ACME', at: 'customers.txt:1' }
    const plan = await toReplace({ filters: everywhere('f-1', 12, A, B), kept: [acme] }, 'i-3')
    expect(denials(plan)).toMatchObject([{ after: { addresses: ['198.51.100.7/32', '203.0.113.0/26'] } }])
    expect(said(plan, 'f-1 hits 203.0.113.64/26 (ACME)')).toHaveLength(1)
    const all = { prefix: read('203.0.113.0/24'), at: 'customers.txt:2' }
    const none = await toReplace({ filters: everywhere('f-1', 12, A), kept: [all] }, 'i-3')
    expect(denials(none)).toEqual([])
    expect(said(none, 'put up at a new proxy')).toEqual([])
  })

  it('denies nobody where nobody can say who must not be blocked', async () => {
    const allowlist: Look['allowlist'] = async () => fail('allowlist.unusable', 'it is empty', 'mend it')
    const plan = await toReplace({ filters: everywhere('f-1', 12, A), allowlist }, 'i-3')
    expect(denials(plan)).toEqual([])
    expect(said(plan, 'a new proxy does not get f-1')).toEqual([expect.stringContaining('it is empty')])
  })

  it('puts no overlap into one set of nftables: what stands for longer has it', async () => {
    const filters = [
      standing('f-1', hostAt('i-1', 'ssh://10.0.0.1'), NOW + 30 * MINUTE, '203.0.113.0/25'),
      standing('f-2', hostAt('i-2', 'ssh://10.0.0.2'), NOW + 60 * MINUTE, '203.0.113.64/26'),
      standing('f-3', hostAt('i-3', 'ssh://10.0.0.3'), NOW + 10 * MINUTE, '203.0.113.96/27'),
    ]
    expect(
      denials(await toReplace({ filters }, 'i-3')).map(({ after }) => [after?.filter, after?.addresses]),
    ).toEqual([
      ['f-2', ['203.0.113.64/26']],
      ['f-1', ['203.0.113.0/26']],
    ])
  })

  it('says which of its subnets are not behind a network ACL with a filter', async () => {
    const place = { by: 'network_acl', acl: 'acl-1', region: 'us-east-1', number: 10 } as const
    const filters = [standing('f-9', place, NOW + MINUTE, A)]
    const acl = { id: 'acl-1', entries: [], subnets: ['subnet-a1'], tags: {} }
    const plan = await toReplace({ filters, acl }, 'i-3')
    expect(denials(plan)).toEqual([])
    expect(said(plan, 'acl-1')).toEqual([
      'a new proxy in subnet-b1 is not behind acl-1, where f-9 stands: who it blocks can reach it there',
    ])
    const behind = { ...acl, subnets: ['subnet-a1', 'subnet-b1'] }
    expect(said(await toGrow({ filters, acl: behind }, 1), 'acl-1')).toEqual([])
    expect(said(await toGrow({ filters }, 1), 'is not known')).toHaveLength(1) // EC2 shows no ACL
  })
})

const DENIED = ok({ denied: [A], until: NOW + 12 * MINUTE, told: '1 denied' })
const REFUSED = fail('target.refused', 'nobody listens', 'look at it')

describe('replacing a proxy while filters stand', () => {
  const filters = [...everywhere('f-1', 12, A), ...everywhere('f-2', 30, B)]
  const replaced = async (ends: Ends) => {
    const input = { proxies: ['i-3'] }
    return applied(bound(await toReplace({ filters }, 'i-3'), input), { deny: DENIED, ...ends })
  }

  it('puts them up once it serves and before it enters service, each seen before the next', async () => {
    const { keys, asked } = await replaced({})
    expect(keys.slice(1)).toEqual([
      'await-running',
      'await-serving',
      ...['deny-f-2', 'look-back-f-2', 'deny-f-1', 'look-back-f-1'],
      ...['enter-service', 'move', 'park'],
    ])
    expect(asked.find(({ key }) => key === 'deny-f-1')).toMatchObject({
      target: 'i-new1',
      args: {
        filter: 'f-1',
        cluster: CLUSTER,
        place: { by: 'deny_list', proxy: 'i-new1', admin: reachOf(1).admin, list: LIST },
        scope: SCOPE,
        prefixes: [A],
        until: NOW + 12 * MINUTE,
      },
    })
    for (const { kind } of asked) expect(Object.keys(replacing.ops)).toContain(kind)
  })

  it.each(['deny-f-1', 'look-back-f-2'])('leads nobody to one where %s fails: it is parked', async key => {
    const { keys, result } = await replaced({ [key]: REFUSED })
    expect(keys.at(-2)).toBe(key)
    expect(keys.at(-1)).toBe('park-new')
    const name = key.slice(-3)
    expect(result).toMatchObject({ ok: false, failure: { code: 'target.refused' } })
    if (result.ok) return
    expect(result.failure.message).toMatch(`${name} does not stand at i-new1`)
    expect(result.failure.message).toContain('i-new1, which was launched for it, is parked')
    expect(result.failure.next).toContain(`filters=${name}`)
  })

  it('looks whether it stands also where nobody but the operator knows that it was put up', async () => {
    const { keys } = await replaced({ 'deny-f-1': ok(null) })
    expect(keys).toContain('look-back-f-1')
  })

  it('goes on where the time of one was over by then', async () => {
    const { keys, result } = await replaced({ 'deny-f-1': ok({ denied: [], until: NOW }) })
    okOf(result)
    expect(keys).not.toContain('look-back-f-1')
    expect(keys.at(-1)).toBe('park')
  })
})

describe('growing while filters stand', () => {
  const grown = async (ends: Ends) => {
    const plan = bound(await toGrow({ filters: everywhere('f-1', 12, A) }, 2), { cluster: CLUSTER, by: 2 })
    const rounds: string[][] = []
    let launched = 0
    const end = ({ kind, key, target }: OpRequest): Result<Json> => {
      if (kind === 'launch') launched += 1
      const n = Number(target.slice('i-new'.length))
      const good: { readonly [kind: string]: Result<Json> } = {
        launch: ok({ instance: `i-new${launched}` }),
        'await-running': ok({ private_ip: `10.0.0.${100 + n}` }),
        'await-serving': ok({ frontends: 2, ...reachOf(n) }),
        deny: DENIED,
      }
      return ends[`${key} ${target}`] ?? good[kind] ?? ok(null)
    }
    const all: Apply['all'] = async requests => {
      if (requests.length > 0) rounds.push(requests.map(({ key, target }) => `${key} ${target}`))
      return requests.map(end)
    }
    const op: Apply['op'] = async request => (await all([request]))[0] ?? expect.fail('no result')
    return { ...okOf(await scaling.apply(plan, { op, all })), rounds }
  }

  it('puts them up at all side by side, before any enters service', async () => {
    const { rounds, output } = await grown({})
    expect(rounds.slice(2)).toEqual([
      ['await-serving i-new1', 'await-serving i-new2'],
      ['deny-f-1 i-new1', 'deny-f-1 i-new2'],
      ['look-back-f-1 i-new1', 'look-back-f-1 i-new2'],
      ['enter-service i-new1', 'enter-service i-new2'],
    ])
    expect(output).toMatchObject({ launched: ['i-new1', 'i-new2'] })
  })

  it('parks the one that does not get them; the other enters service', async () => {
    const { rounds, output, failure, summary } = await grown({ 'deny-f-1 i-new1': REFUSED })
    expect(rounds.slice(-2)).toEqual([['enter-service i-new2'], ['park-new i-new1']])
    expect(output).toMatchObject({ launched: ['i-new2'] })
    expect(failure?.code).toBe('target.refused')
    expect(summary).toContain('f-1 does not stand at i-new1')
  })
})
