import { randomUUID } from 'node:crypto'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { Ec2, Ec2Probe } from '../../providers/contract.js'
import { excerpt } from '../../providers/excerpt.js'
import { BRISK_MS } from '../support/brisk-discovery.js'
import { inTime } from '../support/in-time.js'
import { permissionsFor } from '../support/needs.js'
import { type Examination, type Finding, ofAws, type WithFleet } from './contract.js'
import { type Material, PROBES } from './probes.js'

/** May these credentials do what the actions of the runbooks here do? Asked for only where asking changes nothing. */
export const permissionRows: Examination = {
  name: 'permissions',
  examine: ofAws(async patient => {
    const needed = permissionsFor(patient.used, patient.fleet)
    const changes = needed.filter(permission => !/:Describe/.test(permission))
    if (changes.length === 0)
      return [{ state: 'skipped', detail: 'no action of these runbooks changes anything in AWS' }]
    const ec2 = await patient.look.providers.ec2()
    const owner = await patient.account()
    if (!ec2.ok) return [notAsked(ec2.failure.message)]
    if (!owner.ok) return [notAsked(owner.failure.message)]
    const askable = changes.flatMap(permission => operationOf(permission) ?? [])
    const rest = changes.filter(permission => operationOf(permission) === undefined)
    return [...(await askAll(askable, ec2.value, patient)), ...(rest.length > 0 ? [unaskable(rest)] : [])]
  }),
}

const notAsked = (why: string): Finding => ({
  state: 'skipped',
  detail: `nothing was asked: ${why}`,
  next: 'mend the credentials or the access to EC2, then run this again',
})

const operationOf = (permission: string): Ec2Probe['operation'] | undefined => {
  const name = permission.replace(/^ec2:/, '')
  return OPERATIONS.find(operation => operation === name)
}

// The keys of the table are exactly the operations.
const OPERATIONS = Object.keys(PROBES) as readonly Ec2Probe['operation'][]

const unaskable = (permissions: readonly string[]): Finding => ({
  state: 'skipped',
  detail: `${permissions.join(', ')}: cannot be asked without doing it`,
  next: 'compare with `firebreak permissions`',
})

const askAll = async (
  operations: readonly Ec2Probe['operation'][],
  ec2: Ec2,
  { fleet, look }: WithFleet,
): Promise<readonly Finding[]> => {
  const clusters = Object.values(fleet.clusters).filter(({ proxies }) => proxies.discover.kind === 'ec2')
  const materials = await Promise.all(clusters.map(cluster => materialOf(cluster, ec2, look)))
  const rows = await Promise.all(
    operations.map(async operation => {
      const answers = await Promise.all(materials.map(material => ask(operation, material, ec2)))
      return together(operation, answers)
    }),
  )
  return rows.flat()
}

const materialOf = async (cluster: Cluster, ec2: Ec2, look: WithFleet['look']): Promise<Material> => {
  const { discover } = cluster.proxies
  const tags = discover.kind === 'ec2' ? discover.tags : {}
  const parkedTags = { ...tags, [STATE_TAG.key]: STATE_TAG.parked }
  const [inventory, parked] = await Promise.all([
    look.discover(cluster.name, 'proxy'),
    ec2.describeInstances({
      filters: [
        ...Object.entries(parkedTags).map(([key, value]) => ({ name: `tag:${key}`, values: [value] })),
        { name: 'instance-state-name', values: ['running', 'stopped'] },
      ],
      patience: BRISK_MS,
    }),
  ])
  const proxy = inventory.ok ? inventory.value.targets[0]?.id : undefined
  const allocation = proxy === undefined ? undefined : await allocationOf(proxy, ec2, look)
  const parkedOne = parked.ok ? parked.value[0]?.id : undefined
  return {
    cluster,
    tags,
    token: `doctor-${randomUUID()}`,
    ...(proxy === undefined ? {} : { proxy }),
    ...(allocation === undefined ? {} : { allocation }),
    ...(parkedOne === undefined ? {} : { parked: parkedOne }),
  }
}

const allocationOf = async (
  proxy: string,
  ec2: Ec2,
  { clock }: WithFleet['look'],
): Promise<string | undefined> => {
  const found = await inTime(
    clock,
    ec2.describeAddresses([{ name: 'instance-id', values: [proxy] }]),
    undefined,
    BRISK_MS,
  )
  return found?.ok ? found.value[0]?.allocationId : undefined
}

type Answer = Omit<Finding, 'target'> & { readonly cluster: string }

const ask = async (operation: Ec2Probe['operation'], material: Material, ec2: Ec2): Promise<Answer> => {
  const cluster = material.cluster.name
  const probe = PROBES[operation](material)
  if (typeof probe === 'string')
    return { cluster, state: 'skipped', detail: probe, next: 'compare with `firebreak permissions`' }
  const { verdict, detail } = await ec2.mayI(probe)
  if (verdict === 'allowed') return { cluster, state: 'ok', detail: 'EC2 would permit it' }
  const next = '`firebreak permissions` prints the policy that these runbooks need'
  return { cluster, state: verdict === 'denied' ? 'fail' : 'warn', detail: excerpt(detail), next }
}

/** One row for all clusters with the same answer. */
const together = (operation: string, answers: readonly Answer[]): readonly Finding[] => {
  const isSame = (one: Answer, other: Answer) => one.state === other.state && one.detail === other.detail
  const distinct = answers.filter((answer, at) => answers.findIndex(other => isSame(answer, other)) === at)
  return distinct.map(answer => {
    const { cluster: _, ...finding } = answer
    const clusters = answers.filter(other => isSame(answer, other)).map(({ cluster }) => cluster)
    return { target: `ec2:${operation} in ${clusters.join(', ')}`, ...finding }
  })
}
