import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateLaunchTemplateCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { clientOptions } from '../../src/providers/aws/client-options.js'
import { drillAws } from '../providers/wire.js'
import { freePort, startChild } from './child.js'

/** Moto: an EC2 server that nobody here wrote, as an account with a network in two zones. */
export type Moto = {
  readonly url: string
  readonly client: EC2Client
  readonly account: string
  /** One in each of the two zones. */
  readonly subnets: readonly [string, string]
  /** By name. */
  readonly launchTemplate: string
  /** Launches one there and gives its id. */
  readonly launch: (subnet: string, tags: Tags) => Promise<string>
  /** A new elastic IP on it; gives its allocation id. */
  readonly address: (instance: string) => Promise<string>
  readonly stop: () => Promise<void>
}

type Tags = { readonly [key: string]: string }

const ZONES = ['us-east-1a', 'us-east-1b'] as const
const TEMPLATE = 'proxy-template'
/** Moto looks neither at the image of a launch nor at what its type could be. */
const IMAGE = 'ami-12c6146b'

/** `network`: the first two numbers of its addresses. With `127.…` they are addresses of this very machine. */
export const startMoto = async (network: string): Promise<Moto> => {
  const port = await freePort()
  const at = { host: '127.0.0.1', port }
  const child = await startChild('moto_server', ['-H', at.host, '-p', String(port)], at)
  const url = `http://127.0.0.1:${port}`
  const client = new EC2Client(clientOptions(drillAws(url))) // Moto takes any credentials
  const subnets = await networkOn(client, network)
  return {
    url,
    client,
    account: '123456789012',
    subnets,
    launchTemplate: TEMPLATE,
    launch: (subnet, tags) => launchOn(client, subnet, tags),
    address: async instance => {
      const { AllocationId } = await client.send(new AllocateAddressCommand({ Domain: 'vpc' }))
      await client.send(new AssociateAddressCommand({ AllocationId, InstanceId: instance }))
      return AllocationId ?? ''
    },
    stop: async () => {
      client.destroy()
      await child.stop()
    },
  }
}

const networkOn = async (client: EC2Client, network: string): Promise<[string, string]> => {
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: `${network}.0.0/16` }))
  const subnet = async (index: 0 | 1): Promise<string> => {
    const CidrBlock = `${network}.${index + 1}.0/24`
    const made = new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZone: ZONES[index] })
    return (await client.send(made)).Subnet?.SubnetId ?? ''
  }
  await client.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: TEMPLATE,
      LaunchTemplateData: { ImageId: IMAGE },
    }),
  )
  return [await subnet(0), await subnet(1)]
}

const launchOn = async (client: EC2Client, subnet: string, tags: Tags): Promise<string> => {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const { Instances } = await client.send(
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      ImageId: IMAGE,
      InstanceType: 'c7i.large',
      SubnetId: subnet,
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  )
  return Instances?.[0]?.InstanceId ?? ''
}
