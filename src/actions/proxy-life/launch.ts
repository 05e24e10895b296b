import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import { ok, type Result } from '../../domain/result.js'
import { STATE_TAG } from '../../fleet/discovery.js'
import type { Ec2, Instance } from '../../providers/contract.js'
import { defineOp, type Hands, type Probe } from '../contract.js'
import { launchByHand } from './by-hand.js'
import { pollUntil } from './poll.js'

/**
 * Set on everything that firebreak launches, at launch: by these it is found again, whatever happens to this process.
 * `since` says when it was parked: EC2 itself knows only when an instance was launched.
 */
export const TAG = {
  incident: 'firebreak:incident',
  op: 'firebreak:op',
  since: 'firebreak:parked-since',
} as const

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
      Name: `${launchArgs.cluster}-proxy`,
      ...launchArgs.tags, // the fleet is found by these: a `Name` among them is the one that counts
      [STATE_TAG.key]: STATE_TAG.launching,
      [TAG.incident]: incident,
      [TAG.op]: token,
    },
  })
  return launched.ok ? ok(resultOf(launched.value)) : launched
}

/** An instance can be invisible for a while after EC2 has launched it. */
const EVERY_MS = 5_000
const WITHIN_MS = 60_000

/** By our own tag and by the client token: either alone can lag behind. */
const probe = async (_args: Args, token: string, { providers, clock }: Hands): Promise<Probe> => {
  const ec2 = await providers.ec2()
  const what = `an instance tagged ${TAG.op}=${token}`
  if (!ec2.ok) return { state: 'unknown', evidence: `${what} (${ec2.failure.message})` }
  const patience = { every: EVERY_MS, within: WITHIN_MS, what }
  const found = await pollUntil(clock, patience, () => lookFor(ec2.value, token))
  if (found.ok) return found.value
  return found.failure.code === 'wait.timeout'
    ? { state: 'not-done', evidence: `no instance carries ${token}: ${found.failure.message}` }
    : { state: 'unknown', evidence: `${what} (${found.failure.message})` }
}

/** Undefined: nothing carries it, as far as EC2 can be asked. Not every server knows the filter for client tokens. */
const lookFor = async (ec2: Ec2, token: string): Promise<Result<Probe> | undefined> => {
  for (const name of [`tag:${TAG.op}`, CLIENT_TOKEN]) {
    const found = await ec2.describeInstances({ filters: [{ name, values: [token] }] })
    if (!found.ok) return name === CLIENT_TOKEN && found.failure.code === 'ec2.rejected' ? undefined : found
    const [instance] = found.value
    if (instance)
      return ok({
        state: 'done',
        result: resultOf(instance),
        evidence: `${instance.id} has ${name} ${token}`,
      })
  }
  return undefined
}

const CLIENT_TOKEN = 'client-token'

const resultOf = ({ id, subnet, zone }: Instance): Json => ({
  instance: id,
  subnet: subnet ?? null,
  zone: zone ?? null,
})

/** Undone by parking it: terminating is not reversible, and is `proxy.reap`'s to ask for. */
export const launch = defineOp(args, {
  effect,
  probe,
  byHand: launchByHand,
  undo: ({ cluster }, result) => {
    const instance = launchedInstance(result)
    if (instance === undefined) return 'the launched instance is not known: find it by its tags, and park it'
    return [{ kind: 'park', key: 'park', target: instance, args: { instance, cluster } }]
  },
})

/** Undefined where only the operator knows that it happened. */
export const launchedInstance = (result: Json): string | undefined =>
  z.object({ instance: z.string() }).safeParse(result).data?.instance
