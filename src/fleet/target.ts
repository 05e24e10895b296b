import type { Cluster, ProxyGroup, ShardGroup, StaticTarget } from './fleet.js'
import type { Target } from './inventory.js'
import { fillTemplate } from './template.js'

/** What discovery has to know of an instance; the EC2 provider's `Instance` fits. */
export type FoundInstance = {
  readonly id: string
  readonly privateIp?: string
  readonly publicIp?: string
  readonly zone?: string
  readonly subnet?: string
  readonly instanceType?: string
  readonly launchedAt?: string
  readonly tags: { readonly [key: string]: string }
}

export type Group = {
  readonly cluster: Cluster
  readonly role: Target['role']
  readonly definition: ProxyGroup | ShardGroup
}

export const instanceTarget = (group: Group, instance: FoundInstance): Target => {
  const { zone, subnet, instanceType, privateIp, launchedAt } = instance
  return {
    ...addressed(group, { id: instance.id, private_ip: privateIp, public_ip: instance.publicIp }),
    ...(zone === undefined ? {} : { zone }),
    ...(subnet === undefined ? {} : { subnet }),
    ...(instanceType === undefined ? {} : { instanceType }),
    ...(privateIp === undefined ? {} : { privateIp }),
    ...(instance.publicIp === undefined ? {} : { publicIp: instance.publicIp }),
    ...(launchedAt === undefined ? {} : { launchedAt }),
    tags: instance.tags,
  }
}

/** A static target brings its own fields; `private_ip` and `zone` mean the same as those of an instance. */
export const staticTarget = (group: Group, fields: StaticTarget): Target => ({
  ...addressed(group, fields),
  ...(fields.zone === undefined ? {} : { zone: fields.zone }),
  ...(fields.private_ip === undefined ? {} : { privateIp: fields.private_ip }),
  ...(fields.public_ip === undefined ? {} : { publicIp: fields.public_ip }),
  tags: {},
})

/** The data path through each frontend of a proxy, in the order of the fleet file. */
export const frontendUrls = (target: Pick<Target, 'data'>, group: Pick<ProxyGroup, 'frontends'>): string[] =>
  group.frontends.map(({ port }) => target.data.replace(/:\d+$/, `:${port}`))

type Fields = { readonly id: string; readonly [name: string]: string | undefined }

const addressed = ({ cluster, role, definition }: Group, fields: Fields) => ({
  id: fields.id,
  cluster: cluster.name,
  role,
  ...('admin' in definition ? { admin: fillTemplate(definition.admin, fields) } : {}),
  data: fillTemplate(definition.data, fields),
})
