import { ModifyInstanceAttributeCommand } from '@aws-sdk/client-ec2'
import { jumpingClock } from '../providers/clock.js'
import { testWire } from '../providers/wire.js'
import type { RunningEc2 } from './ec2-suite.js'
import { startMoto } from './moto.js'

const TAGS = { role: 'proxy', cluster: 'us-east-c1' }

/** An account at Moto with three proxies in two zones, each with an elastic IP. */
export const startMotoEc2 = async (): Promise<RunningEc2> => {
  const moto = await startMoto('10.77')
  const [a, b] = moto.subnets
  for (const subnet of [a, b, b]) await moto.address(await moto.launch(subnet, TAGS))
  return {
    wire: testWire({ awsUrl: moto.url, clock: jumpingClock() }),
    account: moto.account,
    tags: TAGS,
    launch: {
      launchTemplate: moto.launchTemplate,
      subnet: a,
      instanceType: 'c7i.large',
      tags: TAGS,
    },
    otherType: 'c7a.large',
    otherSubnet: b,
    protect: async InstanceId => {
      const DisableApiTermination = { Value: true }
      await moto.client.send(new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination }))
    },
    stop: moto.stop,
  }
}
