import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { ok, type Result } from '../../../domain/result.js'
import { PARKED_TAG } from '../../../fleet/discovery.js'
import { defineOp, type Hands, type OpBehaviour, type Probe } from '../../contract.js'
import { TAG } from './launch.js'

const args = z.object({ instance: z.string() })
type Args = z.output<typeof args>

const tag = async (
  { instance }: Args,
  _token: string,
  { providers, incident }: Hands,
): Promise<Result<Json>> => {
  const ec2 = await providers.ec2()
  if (!ec2.ok) return ec2
  const tags = { [PARKED_TAG.key]: PARKED_TAG.value, [TAG.incident]: incident }
  const tagged = await ec2.value.createTags([instance], tags)
  return tagged.ok ? ok({ parked: instance }) : tagged
}

const untag = async ({ instance }: Args, _token: string, { providers }: Hands): Promise<Result<Json>> => {
  const ec2 = await providers.ec2()
  if (!ec2.ok) return ec2
  const untagged = await ec2.value.deleteTags([instance], [PARKED_TAG.key])
  return untagged.ok ? ok({ 'in-service': instance }) : untagged
}

const probeFor =
  (wanted: boolean): OpBehaviour<Args>['probe'] =>
  async ({ instance }, _token, { providers }): Promise<Probe> => {
    const ec2 = await providers.ec2()
    const found = ec2.ok ? await ec2.value.describeInstances({ ids: [instance] }) : ec2
    const evidence = `the tag ${PARKED_TAG.key} of ${instance}`
    if (!found.ok) return { state: 'unknown', evidence: `${evidence} (${found.failure.message})` }
    const parked = found.value[0]?.tags[PARKED_TAG.key] === PARKED_TAG.value
    return parked === wanted
      ? { state: 'done', result: { instance, parked }, evidence }
      : { state: 'not-done', evidence }
  }

/** Out of service, tagged, kept running: discovery passes over it, and undo can bring it back. */
export const park = defineOp(args, {
  effect: tag,
  probe: probeFor(true),
  undo: ({ instance }) => [{ kind: 'unpark', key: 'unpark', target: instance, args: { instance } }],
})

export const unpark = defineOp(args, {
  effect: untag,
  probe: probeFor(false),
  undo: ({ instance }) => [{ kind: 'park', key: 'park-again', target: instance, args: { instance } }],
})
