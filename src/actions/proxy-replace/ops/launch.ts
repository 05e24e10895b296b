import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { ok, type Result } from '../../../domain/result.js'
import type { Instance } from '../../../providers/contract.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'

/** Set on everything that firebreak launches, at launch: by these it is found again, whatever happens to this process. */
export const TAG = { incident: 'firebreak:incident', op: 'firebreak:op', state: 'firebreak:state' } as const

const args = z.object({
  cluster: z.string(),
  launch_template: z.string(),
  subnet: z.string(),
  instance_type: z.string(),
  tags: z.record(z.string(), z.string()),
})
type Args = z.output<typeof args>

const effect = async (
  launchArgs: Args,
  token: string,
  { providers, incident }: Hands,
): Promise<Result<Json>> => {
  const ec2 = await providers.ec2()
  if (!ec2.ok) return ec2
  const launched = await ec2.value.runInstance({
    launchTemplate: launchArgs.launch_template,
    subnet: launchArgs.subnet,
    instanceType: launchArgs.instance_type,
    clientToken: token,
    tags: {
      ...launchArgs.tags,
      Name: `${launchArgs.cluster}-proxy`,
      [TAG.incident]: incident,
      [TAG.op]: token,
    },
  })
  return launched.ok ? ok(resultOf(launched.value)) : launched
}

/** By our own tag and by the client token: either alone can lag behind, or be ignored by the server. */
const probe = async (_args: Args, token: string, { providers }: Hands): Promise<Probe> => {
  const ec2 = await providers.ec2()
  const look = `an instance tagged ${TAG.op}=${token}`
  if (!ec2.ok) return { state: 'unknown', evidence: `${look} (${ec2.failure.message})` }
  for (const name of [`tag:${TAG.op}`, 'client-token']) {
    const found = await ec2.value.describeInstances({ filters: [{ name, values: [token] }] })
    if (found.ok && found.value[0])
      return {
        state: 'done',
        result: resultOf(found.value[0]),
        evidence: `${found.value[0].id} has ${name} ${token}`,
      }
    if (!found.ok) return { state: 'unknown', evidence: `${look} (${found.failure.message})` }
  }
  return {
    state: 'not-done',
    evidence: `no instance carries ${token}; the same token is sent again, which EC2 takes as the same launch`,
  }
}

const resultOf = ({ id, subnet, zone }: Instance): Json => ({
  instance: id,
  subnet: subnet ?? null,
  zone: zone ?? null,
})

/** Undone by parking it: terminating is not reversible, and is `proxy.reap`'s to ask for. */
export const launch = defineOp(args, {
  effect,
  probe,
  undo: (_args, result) => {
    const instance = launchedInstance(result)
    if (instance === undefined) return 'the launched instance is not known: find it by its tags, and park it'
    return [{ kind: 'park', key: 'park', target: instance, args: { instance } }]
  },
})

/** Undefined where only the operator knows that it happened. */
export const launchedInstance = (result: Json): string | undefined =>
  z.object({ instance: z.string() }).safeParse(result).data?.instance
