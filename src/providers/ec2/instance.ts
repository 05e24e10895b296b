import type { Instance as SdkInstance } from '@aws-sdk/client-ec2'
import type { Instance } from '../contract.js'

/** Undefined where EC2 says too little for it to be one: no id, or no state. */
export const toInstance = (instance: SdkInstance): Instance | undefined => {
  const { InstanceId: id, State: state } = instance
  if (id === undefined || state?.Name === undefined) return undefined
  return present({
    id,
    state: state.Name,
    stateReason: instance.StateReason?.Message ?? instance.StateReason?.Code,
    privateIp: instance.PrivateIpAddress,
    publicIp: instance.PublicIpAddress,
    subnet: instance.SubnetId,
    zone: instance.Placement?.AvailabilityZone,
    instanceType: instance.InstanceType,
    launchedAt: instance.LaunchTime?.toISOString(),
    clientToken: instance.ClientToken === '' ? undefined : instance.ClientToken,
    tags: Object.fromEntries((instance.Tags ?? []).map(tag => [tag.Key ?? '', tag.Value ?? ''])),
  })
}

type Optional<T> = { [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] }

/** The same without the keys that are undefined. */
const present = (fields: Optional<Instance>): Instance =>
  // Leaving out undefined values is what turns `Optional<Instance>` into `Instance`; the types cannot say it.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Instance
