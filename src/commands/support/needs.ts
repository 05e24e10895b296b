import { actions } from '../../actions/registry.js'
import { checks } from '../../checks/registry.js'
import { everyStep, type Runbook } from '../../domain/runbook.js'
import type { Fleet } from '../../fleet/fleet.js'

/** Names of the actions and checks that runbooks use, steps inside others among them. */
export type Used = { readonly actions: ReadonlySet<string>; readonly checks: ReadonlySet<string> }

export const usedBy = (runbooks: readonly Runbook[]): Used => {
  const steps = runbooks.flatMap(({ steps: own }) => everyStep(own))
  return {
    actions: new Set(steps.flatMap(step => (step.kind === 'action' ? [step.action] : []))),
    checks: new Set(steps.flatMap(step => (step.kind === 'check' ? [step.check] : []))),
  }
}

const findsByEc2 = ({ clusters }: Pick<Fleet, 'clusters'>): boolean =>
  Object.values(clusters).some(({ proxies, shards }) =>
    [proxies, shards].some(group => group?.discover.kind === 'ec2'),
  )

/** IAM actions that these call, each once, sorted. Whatever is found through EC2 is looked up first, by all of them. */
export const permissionsFor = (used: Used, fleet: Pick<Fleet, 'clusters'>): readonly string[] => {
  const acting = [...used.actions].flatMap(name => actions[name] ?? [])
  const looking = [...used.checks].flatMap(name => checks[name] ?? [])
  const looksUp = acting.some(({ needs }) => needs.includes('ec2')) || findsByEc2(fleet)
  return [
    ...new Set([
      ...(looksUp ? ['ec2:DescribeInstances'] : []),
      ...acting.flatMap(({ permissions }) => permissions),
      ...looking.flatMap(({ permissions = [] }) => permissions),
    ]),
  ].sort()
}
