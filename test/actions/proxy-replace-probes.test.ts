import { expect, it } from 'vitest'
import { behaviour } from '../../src/actions/proxy-replace/behaviour.js'
import { proxyReplace } from '../../src/actions/proxy-replace/schema.js'
import type { Ec2Probe } from '../../src/providers/contract.js'
import { okOf } from '../engine/results.js'
import { planned as plannedOn } from './applied.js'
import { CLUSTER, handsOn, newCloud } from './cloud.js'

const planned = () => plannedOn(newCloud(), { proxies: ['i-3'] })
const probed = async (): Promise<readonly Ec2Probe[]> => behaviour.probes?.(await planned()) ?? []

const ofKind = <O extends Ec2Probe['operation']>(all: readonly Ec2Probe[], operation: O) =>
  all.filter((one): one is Extract<Ec2Probe, { operation: O }> => one.operation === operation)

it('asks for every permission that the action needs to change something', async () => {
  const asked = (await probed()).map(({ operation }) => `ec2:${operation}`)
  const changing = proxyReplace.permissions.filter(name => !name.startsWith('ec2:Describe'))
  expect([...new Set(asked)].sort()).toEqual([...changing].sort())
})

it('asks for the launch that would be made first, with the very tags of a launch', async () => {
  const [probe] = ofKind(await probed(), 'RunInstances')
  const cloud = newCloud()
  const place = { subnet: 'subnet-a1', instance_type: 'c7i.large' }
  const { launch } = (await planned()).changes.reduce(
    (found, { verb, after }) => (verb === 'launch' && after ? { launch: after } : found),
    { launch: {} },
  )
  okOf((await behaviour.ops.launch?.effect({ ...launch, ...place }, 'tok', handsOn(cloud))) ?? expect.fail())
  const [made] = cloud.launches
  expect(probe?.request).toMatchObject({
    launchTemplate: made?.launchTemplate,
    subnet: place.subnet,
    instanceType: place.instance_type,
  })
  expect(Object.keys(probe?.request.tags ?? {}).sort()).toEqual(Object.keys(made?.tags ?? {}).sort())
})

it('asks with a client token that EC2 takes and that no launch has', async () => {
  const [probe] = ofKind(await probed(), 'RunInstances')
  expect(probe?.request.clientToken).toMatch(/^probe-[0-9a-f]{32}$/)
})

it('asks about the proxy that is replaced and its address, and about nothing else that exists', async () => {
  const all = await probed()
  expect(ofKind(all, 'AssociateAddress').map(({ request }) => request)).toEqual([
    { allocationId: 'eipalloc-3', instanceId: 'i-3', allowReassociation: true },
  ])
  for (const { ids } of [...ofKind(all, 'CreateTags'), ...ofKind(all, 'DeleteTags')])
    expect(ids).toEqual(['i-3'])
  expect(JSON.stringify(all)).toContain(CLUSTER)
})
