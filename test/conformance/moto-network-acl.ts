import { DescribeNetworkAclsCommand, type NetworkAcl } from '@aws-sdk/client-ec2'
import { jumpingClock } from '../providers/clock.js'
import { testWire } from '../providers/wire.js'
import { type Moto, startMoto } from './moto.js'
import type { RunningNetworkAcl } from './network-acl-suite.js'

/** The ACL that Moto makes with a network, with two subnets behind it. */
export const startMotoNetworkAcl = async (): Promise<RunningNetworkAcl> => {
  const moto = await startMoto('10.78')
  return {
    wire: testWire({ awsUrl: moto.url, clock: jumpingClock() }),
    acl: (await networkAclOf(moto)).NetworkAclId ?? '',
    subnets: moto.subnets,
    client: moto.client,
    stop: moto.stop,
  }
}

/** That which stands before its subnets, as it is now. */
export const networkAclOf = async ({ client, subnets }: Moto): Promise<NetworkAcl> => {
  const filter = { Name: 'association.subnet-id', Values: [subnets[0]] }
  const { NetworkAcls } = await client.send(new DescribeNetworkAclsCommand({ Filters: [filter] }))
  return NetworkAcls?.[0] ?? {}
}
