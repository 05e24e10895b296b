import { TAG } from '../../actions/proxy-life/launch.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Ec2Probe } from '../../providers/contract.js'

/** What there is in a cluster to ask about. */
export type Material = {
  readonly cluster: Cluster
  /** Tags by which its proxies are found. */
  readonly tags: { readonly [key: string]: string }
  /** One of its proxies, and the address that is on it. */
  readonly proxy?: string
  readonly allocation?: string
  readonly parked?: string
  /** Of no launch, before or after. */
  readonly token: string
}

/** The real parameters of each change that can be asked about; or why it cannot be asked about now. */
export const PROBES: { readonly [O in Ec2Probe['operation']]: (material: Material) => Ec2Probe | string } = {
  RunInstances: ({ cluster: { name, proxies }, tags, token }) => {
    const { launchTemplate, subnets, instanceTypes } = proxies
    const [subnet, instanceType] = [subnets[0], instanceTypes[0]]
    if (launchTemplate === undefined || subnet === undefined || instanceType === undefined)
      return 'the fleet file does not say how a proxy is launched'
    return {
      operation: 'RunInstances',
      request: {
        launchTemplate,
        subnet,
        instanceType,
        clientToken: token,
        // The keys of a real launch: a policy may ask for them, or allow no others.
        tags: {
          Name: `${name}-proxy`,
          ...tags,
          [STATE_TAG.key]: STATE_TAG.launching,
          [TAG.incident]: TO_COME,
          [TAG.op]: TO_COME,
        },
      },
    }
  },
  CreateTags: ({ proxy }) =>
    proxy === undefined
      ? NO_PROXY
      : {
          operation: 'CreateTags',
          ids: [proxy],
          tags: { [STATE_TAG.key]: STATE_TAG.parked, [TAG.incident]: TO_COME },
        },
  DeleteTags: ({ proxy }) =>
    proxy === undefined ? NO_PROXY : { operation: 'DeleteTags', ids: [proxy], keys: [STATE_TAG.key] },
  // To where it is already: that is what can be asked for without a new proxy.
  AssociateAddress: ({ proxy, allocation }) =>
    proxy === undefined || allocation === undefined
      ? 'no proxy with an elastic IP was found to ask about'
      : {
          operation: 'AssociateAddress',
          request: { allocationId: allocation, instanceId: proxy, allowReassociation: true },
        },
  // Never about a proxy in service: a policy should refuse that, and a server that ignored the flag would do it.
  TerminateInstances: ({ parked }) =>
    parked === undefined
      ? 'no parked proxy was found to ask about'
      : { operation: 'TerminateInstances', ids: [parked] },
}

const NO_PROXY = 'no proxy was found to ask about'
const TO_COME = 'doctor'
