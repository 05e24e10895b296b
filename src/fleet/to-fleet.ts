import { createHash } from 'node:crypto'
import path from 'node:path'
import { canonicalJson } from '../domain/json.js'
import type {
  Cluster,
  Discover,
  Fleet,
  Frontend,
  Guardrails,
  ProxyGroup,
  ShardGroup,
  SshSettings,
} from './fleet.js'
import type { FleetFile } from './schema.js'
import { sshUrl } from './ssh-host.js'

/** From the names of the file to those of the code; defaults and postures are already spread. */
export const toFleet = (file: string, written: FleetFile): Fleet => ({
  file,
  guardrailsHash: createHash('sha256').update(canonicalJson(written.guardrails)).digest('hex'),
  ...(written.account === undefined ? {} : { account: written.account }),
  ...(written.region === undefined ? {} : { region: written.region }),
  clusters: Object.fromEntries(
    Object.entries(written.clusters).map(([name, cluster]) => [name, toCluster(name, cluster, written.ssh)]),
  ),
  guardrails: toGuardrails(written.guardrails),
  ...(written.ssh === undefined ? {} : { ssh: toSsh(path.dirname(file), written.ssh) }),
  ...(written.log === undefined ? {} : { log: written.log }),
  ...(written.allowlist === undefined
    ? {}
    : { allowlist: { files: written.allowlist.files, maxAge: written.allowlist.max_age } }),
})

type WrittenCluster = FleetFile['clusters'][string]
type WrittenProxies = WrittenCluster['proxies']

const toCluster = (
  name: string,
  { proxies, shards, network_acl, filter_by }: WrittenCluster,
  ssh: FleetFile['ssh'],
): Cluster => ({
  name,
  proxies: toProxies(proxies, ssh),
  ...(shards === undefined ? {} : { shards: toShards(shards) }),
  ...(network_acl === undefined ? {} : { networkAcl: network_acl }),
  ...(filter_by === undefined ? {} : { filterBy: filter_by }),
})

const toProxies = (proxies: WrittenProxies, ssh: FleetFile['ssh']): ProxyGroup => ({
  kind: proxies.kind,
  discover: toDiscover(proxies.discover),
  admin: withLogin(proxies.admin, ssh),
  data: proxies.data,
  frontends: toFrontends(proxies),
  ...(proxies.deny_list === undefined ? {} : { denyList: proxies.deny_list }),
  ...(proxies.client_table === undefined ? {} : { clientTable: proxies.client_table }),
  healthCheckers: proxies.health_checkers,
  ...(proxies.launch_template === undefined ? {} : { launchTemplate: proxies.launch_template }),
  subnets: proxies.subnets,
  instanceTypes: proxies.instance_types,
  address: proxies.address,
  minHealthy: proxies.min_healthy,
})

/** User and port become part of the address, which is then whole wherever it is kept: in plans, journals, commands. */
const withLogin = (admin: string, ssh: FleetFile['ssh']): string => {
  const [, user, host, port, rest] =
    /^ssh:\/\/(?:([^@/]+)@)?(\[[^\]]*\]|[^:/]+)(?::([^/]+))?(\/.+)$/.exec(admin) ?? []
  return host === undefined ? admin : `${sshUrl(host, user ?? ssh?.user, port ?? ssh?.port)}${rest}`
}

const toSsh = (folder: string, written: NonNullable<FleetFile['ssh']>): SshSettings => ({
  ...(written.user === undefined ? {} : { user: written.user }),
  ...(written.port === undefined ? {} : { port: written.port }),
  ...(written.config === undefined ? {} : { config: path.resolve(folder, written.config) }),
  ...(written.known_hosts === undefined ? {} : { knownHosts: path.resolve(folder, written.known_hosts) }),
  hostCas: written.host_ca ?? [],
})

const toShards = (shards: NonNullable<WrittenCluster['shards']>): ShardGroup => ({
  kind: shards.kind,
  discover: toDiscover(shards.discover),
  data: shards.data,
})

const toDiscover = ({ ec2, static: targets }: WrittenProxies['discover']): Discover =>
  targets === undefined ? { kind: 'ec2', tags: ec2?.tags ?? {} } : { kind: 'static', targets }

/** A frontend without a port of its own listens as many ports above the data address as its place in the list. */
const toFrontends = ({ data, frontends }: WrittenProxies): Frontend[] => {
  const first = Number(/:(\d+)$/.exec(data)?.[1])
  return frontends.map((entry, index) =>
    typeof entry === 'string' ? { name: entry, port: first + index } : { name: entry.name, port: entry.port },
  )
}

const toGuardrails = (written: FleetFile['guardrails']): Guardrails => ({
  maxUnavailableProxies: written.max_unavailable_proxies,
  failures: written.failures,
  ...(written.flush === undefined
    ? {}
    : { flush: { maxFraction: written.flush.max_fraction, per: written.flush.per } }),
  ...(written.filter === undefined
    ? {}
    : {
        filter: {
          widest: written.filter.widest,
          maxTtl: written.filter.max_ttl,
          defaultTtl: written.filter.default_ttl,
        },
      }),
  commands: written.commands,
})
