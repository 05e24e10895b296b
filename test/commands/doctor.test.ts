import { describe, expect, it } from 'vitest'
import { judge as judgeClock } from '../../src/commands/doctor/clock.js'
import type { Patient } from '../../src/commands/doctor/contract.js'
import { permissionRows } from '../../src/commands/doctor/permissions.js'
import { type Material, PROBES } from '../../src/commands/doctor/probes.js'
import { fail, ok } from '../../src/domain/result.js'
import type { Fleet } from '../../src/fleet/fleet.js'
import type { Ec2, Ec2Probe, Instance } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import { lookAt, newCloud } from '../actions/cloud.js'
import { fleetOf } from '../fleet/fleets.js'
import { jumpingClock } from '../providers/clock.js'

describe('the clock of this machine', () => {
  it.each([
    [0, 'ok'],
    [59_000, 'ok'],
    [-59_000, 'ok'],
    [61_000, 'warn'],
    [-299_000, 'warn'],
    [300_000, 'fail'],
    [-86_400_000, 'fail'],
  ])('%i ms ahead is %s', (ahead, state) => {
    expect(judgeClock(ahead).state).toBe(state)
  })

  it('is said to be ahead or behind', () => {
    expect(judgeClock(72_000).detail).toContain('1m 12s ahead of AWS')
    expect(judgeClock(-72_000).detail).toContain('1m 12s behind AWS')
  })
})

const FLEET: Fleet = fleetOf({ kind: 'ec2', tags: { role: 'proxy' } })
const [CLUSTER] = Object.values(FLEET.clusters)
const LAUNCHING = {
  ...CLUSTER!,
  proxies: { ...CLUSTER!.proxies, launchTemplate: 'lt-proxy' },
}
const MATERIAL: Material = { cluster: LAUNCHING, tags: { role: 'proxy' }, token: 't' }

describe('what is asked with DryRun', () => {
  it('is a launch as the fleet file describes it, with the tags of a real one', () => {
    expect(PROBES.RunInstances(MATERIAL)).toMatchObject({
      request: {
        launchTemplate: 'lt-proxy',
        subnet: 'subnet-a1',
        instanceType: 'c7i.large',
        tags: { role: 'proxy', 'firebreak:state': 'launching', 'firebreak:op': expect.any(String) },
      },
    })
    expect(PROBES.RunInstances({ ...MATERIAL, cluster: CLUSTER! })).toMatch(/does not say/)
  })

  it('is never the end of a proxy in service', () => {
    expect(PROBES.TerminateInstances({ ...MATERIAL, proxy: 'i-1' })).toMatch(/no parked proxy/)
    expect(PROBES.TerminateInstances({ ...MATERIAL, proxy: 'i-1', parked: 'i-2' })).toMatchObject({
      ids: ['i-2'],
    })
  })

  it('is about things that are there, else it is not asked', () => {
    for (const [operation, probe] of Object.entries(PROBES))
      if (operation !== 'RunInstances')
        expect(probe(MATERIAL)).toEqual(expect.stringMatching(/^no .* was found/))
  })
})

type Answers = { readonly [operation: string]: 'allowed' | 'denied' | 'unknown' }

/** A fleet whose EC2 answers a dry run like that, and remembers what it was asked. */
const patientWith = (
  answers: Answers,
  actions = ['proxy.replace'],
  account = ok('1') as ReturnType<typeof ok<string>> | ReturnType<typeof fail>,
) => {
  const asked: Ec2Probe[] = []
  const instance: Instance = { id: 'i-1', state: 'running', tags: {} }
  const ec2 = {
    describeInstances: async () => ok([instance]),
    describeAddresses: async () => ok([{ allocationId: 'eipalloc-1', publicIp: '203.0.113.1' }]),
    mayI: async (probe: Ec2Probe) => {
      asked.push(probe)
      const verdict = answers[probe.operation] ?? 'allowed'
      return { permission: `ec2:${probe.operation}`, verdict, detail: `that is ${verdict}.` }
    },
  } as unknown as Ec2 // nothing else of it is used here
  const base = lookAt(newCloud())
  const target = { id: 'i-1', cluster: CLUSTER!.name, role: 'proxy' as const, data: 'tcp://p:1', tags: {} }
  const look: Look = {
    ...base,
    clock: jumpingClock(),
    providers: { ...base.providers, ec2: async () => ok(ec2) },
    discover: async (cluster, role) => ok({ cluster, role, at: 0, source: 'ec2', targets: [target] }),
  }
  const fleet = { ...FLEET, clusters: { [LAUNCHING.name]: LAUNCHING } }
  const patient = {
    fleet,
    look,
    account: async () => account,
    used: { actions: new Set(actions), checks: new Set() },
  } as unknown as Patient // the rest of it is not looked at
  return { patient, asked }
}

describe('permissions', () => {
  it('are asked for each operation that the actions of the runbooks need, and answered in a row each', async () => {
    const { patient, asked } = patientWith({})
    const rows = await permissionRows.examine(patient)
    expect(rows.map(({ state, target }) => [state, target])).toEqual([
      ['ok', 'ec2:AssociateAddress in us-east-c1'],
      ['ok', 'ec2:CreateTags in us-east-c1'],
      ['ok', 'ec2:DeleteTags in us-east-c1'],
      ['ok', 'ec2:RunInstances in us-east-c1'],
    ])
    expect(asked.map(({ operation }) => operation).sort()).toEqual([
      'AssociateAddress',
      'CreateTags',
      'DeleteTags',
      'RunInstances',
    ])
  })

  it('that are denied fail, and those that nobody knows of warn', async () => {
    const { patient } = patientWith({ RunInstances: 'denied', CreateTags: 'unknown' })
    const rows = await permissionRows.examine(patient)
    const stateOf = (name: string) => rows.find(({ target }) => target?.startsWith(`ec2:${name} `))
    expect(stateOf('RunInstances')).toMatchObject({
      state: 'fail',
      detail: 'that is denied.',
      next: expect.any(String),
    })
    expect(stateOf('CreateTags')?.state).toBe('warn')
  })

  it('are not asked where no action needs any', async () => {
    const { patient, asked } = patientWith({}, ['proxy.drain'])
    expect(await permissionRows.examine(patient)).toMatchObject([{ state: 'skipped' }])
    expect(asked).toEqual([])
  })

  it('are not asked of another account', async () => {
    const { patient, asked } = patientWith(
      {},
      ['proxy.replace'],
      fail('account.mismatch', 'it is another one.', 'x'),
    )
    expect(await permissionRows.examine(patient)).toMatchObject([
      { state: 'skipped', detail: 'nothing was asked: it is another one.' },
    ])
    expect(asked).toEqual([])
  })
})
