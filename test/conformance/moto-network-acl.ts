import { DescribeNetworkAclsCommand } from '@aws-sdk/client-ec2'
import { jumpingClock } from '../providers/clock.js'
import { testWire } from '../providers/wire.js'
import { startMoto } from './moto.js'
import type { RunningNetworkAcl } from './network-acl-suite.js'

/** The ACL that Moto makes with a network, with two subnets behind it. */
export const startMotoNetworkAcl = async (): Promise<RunningNetworkAcl> => {
  const moto = await startMoto('10.78')
  const filter = { Name: 'association.subnet-id', Values: [moto.subnets[0]] }
  const { NetworkAcls } = await moto.client.send(new DescribeNetworkAclsCommand({ Filters: [filter] }))
  const acl = NetworkAcls?.[0]?.NetworkAclId ?? ''
  return {
    wire: testWire({ awsUrl: moto.url, clock: jumpingClock() }),
    acl,
    subnets: moto.subnets,
    client: moto.client,
    stop: moto.stop,
  }
}
