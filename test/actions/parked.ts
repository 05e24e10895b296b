// Proxies that are out of service, in the cloud in memory.

import type { Instance } from '../../src/providers/contract.js'
import { type Cloud, newCloud } from './cloud.js'

export const INCIDENT = '20261123-0412-kqzx'
export const SINCE = '2027-01-15T07:00:00.000Z' // an hour before the clock of these tests begins

/** As firebreak leaves a proxy that it has replaced: tagged, without an address, and without clients. */
export const park = (cloud: Cloud, id: string, more: Partial<Instance> = {}): Cloud => {
  const instance = cloud.instances.get(id)
  if (!instance) throw new Error(`no ${id}`)
  const { tags, ...rest } = more
  const parked = {
    'firebreak:state': 'parked',
    'firebreak:incident': INCIDENT,
    'firebreak:parked-since': SINCE,
  }
  cloud.instances.set(id, {
    ...instance,
    zone: 'us-east-1a',
    instanceType: 'c7i.large',
    launchedAt: '2026-11-01T00:00:00.000Z',
    ...rest,
    tags: { ...instance.tags, ...parked, ...tags },
  })
  cloud.addresses.delete(id.replace('i-', 'eipalloc-'))
  cloud.connections.set(`tcp://${instance.privateIp}:9999`, 0)
  return cloud
}

/** Six proxies, of which those are parked. */
export const cloudWithParked = (...ids: readonly string[]): Cloud =>
  ids.reduce((cloud, id) => park(cloud, id), newCloud())

export const without = (cloud: Cloud, id: string, tag: string): Cloud => {
  const { [tag]: _gone, ...tags } = cloud.instances.get(id)?.tags ?? {}
  const instance = cloud.instances.get(id)
  if (instance) cloud.instances.set(id, { ...instance, tags })
  return cloud
}
