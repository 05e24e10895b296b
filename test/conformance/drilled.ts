import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EC2Client, ModifyInstanceAttributeCommand } from '@aws-sdk/client-ec2'
import type { Drill } from '../../src/drill/drill.js'
import { startDrill } from '../../src/drill/drill.js'
import type { Fleet } from '../../src/fleet/fleet.js'
import { clientOptions } from '../../src/providers/aws/client-options.js'
import type { Wire } from '../../src/providers/wire.js'
import { scenario, fleet as story } from '../drill/story.js'
import { okOf } from '../providers/wire.js'
import type { RunningEc2 } from './ec2-suite.js'
import type { RunningHaproxy } from './haproxy-suite.js'
import type { RunningMemcached } from './memcached-suite.js'
import type { RunningNetworkAcl } from './network-acl-suite.js'

type Drilled = { readonly drill: Drill; readonly wire: Wire; readonly stop: () => Promise<void> }

/** A drill without anybody in it. */
const startDrilled = async (fleet: Fleet = story): Promise<Drilled> => {
  const dir = await mkdtemp(path.join(tmpdir(), 'fb-drill-'))
  const drill = okOf(await startDrill({ dir, seed: 1, scenario, fleet, pace: 'instant' }))
  const { clock, resolve, aws } = drill
  return {
    drill,
    wire: { clock, resolve, aws, record: () => undefined },
    stop: async () => {
      await drill.stop()
      await rm(dir, { recursive: true })
    },
  }
}

/** By that template of the fleet file's `admin`. */
export const startDrillHaproxy = (template: string) => async (): Promise<RunningHaproxy> => {
  const cluster = story.clusters['us-east-c1']
  if (!cluster) throw new Error('the story has no cluster')
  const proxies = { ...cluster.proxies, admin: template }
  const { drill, wire, stop } = await startDrilled({
    ...story,
    clusters: { [cluster.name]: { ...cluster, proxies } },
  })
  const address = addressOf(drill, 'proxy')
  return {
    wire,
    admin: template.replace('{private_ip}', address),
    data: frontend => `tcp://${address}:${frontend === 'shard1' ? 11_211 : 11_212}`,
    countsOurs: false,
    denyList: proxies.denyList ?? '',
    stop,
  }
}

export const startDrillMemcached = async (): Promise<RunningMemcached> => {
  const { drill, wire, stop } = await startDrilled()
  return { wire, url: `tcp://${addressOf(drill, 'shard')}:11211`, stop }
}

export const startDrillEc2 = async (): Promise<RunningEc2> => {
  const { drill, wire, stop } = await startDrilled()
  const tags = { role: 'proxy', cluster: 'us-east-c1' }
  const client = new EC2Client(clientOptions(drill.aws))
  return {
    wire,
    account: '123456789012',
    tags,
    launch: { launchTemplate: 'lt-proxy', subnet: 'subnet-a1', instanceType: 'c7i.large', tags },
    otherType: 'c7a.large',
    otherSubnet: 'subnet-b1',
    protect: async InstanceId => {
      const DisableApiTermination = { Value: true }
      await drill.clock.io(
        client.send(new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination })),
      )
    },
    stop: async () => {
      client.destroy()
      await stop()
    },
  }
}

export const startDrillNetworkAcl = async (): Promise<RunningNetworkAcl> => {
  const { drill, wire, stop } = await startDrilled()
  const client = new EC2Client(clientOptions(drill.aws))
  return {
    wire,
    acl: 'acl-0abc',
    subnets: ['subnet-a1', 'subnet-b1'],
    client,
    stop: async () => {
      client.destroy()
      await stop()
    },
  }
}

const addressOf = (drill: Drill, role: 'proxy' | 'shard'): string => {
  const host = Object.values(drill.world().instances).find(instance => instance.role === role)
  if (!host) throw new Error(`the drill has no ${role}`)
  return host.privateIp
}
