import type { Cluster, Fleet } from '../../fleet/fleet.js'
import type { Ground } from './contract.js'
import { tagConditions } from './tag-conditions.js'

/** What the fleet file says of account, region and proxies. An account that it does not name can be any: a policy only ever grants its own. */
export const groundOf = ({ account = '*', clusters }: Fleet, region: string): Ground => {
  const all = Object.values(clusters)
  const partition = partitionOf(region)
  const listed = (pick: (proxies: Cluster['proxies']) => readonly string[]): readonly string[] =>
    [...new Set(all.flatMap(({ proxies }) => pick(proxies)))].sort()
  return {
    partition,
    region,
    account,
    ec2Arn: resource => `arn:${partition}:ec2:${region}:${account}:${resource}`,
    tags: tagConditions(
      all.flatMap(({ proxies: { discover } }) => (discover.kind === 'ec2' ? [discover.tags] : [])),
    ),
    untagged: all.flatMap(({ name, proxies }) => (proxies.discover.kind === 'static' ? [name] : [])),
    launchTemplates: listed(({ launchTemplate }) => (launchTemplate === undefined ? [] : [launchTemplate])),
    subnets: listed(({ subnets }) => subnets),
    instanceTypes: listed(({ instanceTypes }) => instanceTypes),
    networkAcls: [...new Set(all.flatMap(({ networkAcl }) => networkAcl?.id ?? []))].sort(),
  }
}

const partitionOf = (region: string): string => {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
