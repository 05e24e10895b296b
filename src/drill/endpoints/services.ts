import { fillTemplate } from '../../fleet/template.js'
import { frontendEnabled, servesAt } from '../world/instances.js'
import type { World, WorldInstance } from '../world/world.js'

/** One thing that listens on a host of the world. */
export type Service = { readonly instance: string } & (
  | { readonly kind: 'runtime-api' }
  /** The data path of a proxy: the n-th frontend leads to the n-th shard. */
  | { readonly kind: 'frontend'; readonly frontend: string }
  | { readonly kind: 'shard' }
)

/** What `tcp://host:port`, or an address by ssh, means in this world; undefined where it serves nothing there. */
export const serviceAt = (world: World, url: string): Service | undefined => {
  if (url.startsWith('ssh://')) return overSsh(world, url)
  const [, host, port] = /^tcp:\/\/([^/:]+):(\d+)\/?$/.exec(url) ?? []
  const instance = Object.values(world.instances).find(one => one.privateIp === host)
  return instance === undefined ? undefined : serviceOn(world, instance, Number(port))
}

/** Nothing of ssh is there: whom it would lead to answers without it. */
const overSsh = (world: World, url: string): Service | undefined => {
  const proxy = Object.values(world.instances).find(({ id, cluster, role, privateIp }) => {
    const template = world.clusters[cluster]?.adminOverSsh
    return (
      role === 'proxy' &&
      template !== undefined &&
      fillTemplate(template, { id, private_ip: privateIp }) === url
    )
  })
  return proxy === undefined ? undefined : { kind: 'runtime-api', instance: proxy.id }
}

const serviceOn = (world: World, instance: WorldInstance, port: number): Service | undefined => {
  const cluster = world.clusters[instance.cluster]
  if (instance.role === 'shard') {
    return cluster?.shardPort === port ? { kind: 'shard', instance: instance.id } : undefined
  }
  if (cluster?.adminPort === port) return { kind: 'runtime-api', instance: instance.id }
  const frontend = cluster?.frontends.find(one => one.port === port)
  return frontend === undefined
    ? undefined
    : { kind: 'frontend', instance: instance.id, frontend: frontend.name }
}

/** Whether a new connection is accepted at that moment. */
export const accepts = (world: World, service: Service, t: number): boolean => {
  const instance = world.instances[service.instance]
  if (instance === undefined || !servesAt(instance, t)) return false
  return service.kind !== 'frontend' || frontendEnabled(instance, service.frontend, t)
}

export const serviceName = (service: Service): string =>
  `${service.instance}-${service.kind === 'frontend' ? service.frontend : service.kind}`
