/** The one op of a new action: it names nothing of the action but its tag. */
export const actionOp = `import * as z from 'zod'
import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import type { Ec2 } from '../../../providers/contract.js'
import { defineOp, type Hands, type OpRequest, type Probe } from '../../contract.js'
import { byHand, TAG, type Turn, turn } from '../tag.js'

/** One durable step. It may be started by one process, looked up by a second one, and taken back by a third. */
const effect = async ({ proxy, to }: Turn, _token: string, hands: Hands): Promise<Result<Json>> => {
  const ec2 = await hands.providers.ec2()
  if (!ec2.ok) return ec2
  const before = await valueOn(ec2.value, proxy)
  if (!before.ok) return before
  // Somebody was faster: it is theirs, and stays when ours is taken back.
  if (before.value === to) return ok({ changed: false })
  const sent =
    to === null ? await ec2.value.deleteTags([proxy], [TAG]) : await ec2.value.createTags([proxy], { [TAG]: to })
  return sent.ok ? ok({ changed: true }) : sent
}

/** Null where it has no such tag. */
const valueOn = async (ec2: Ec2, proxy: string): Promise<Result<string | null>> => {
  const found = await ec2.describeInstances({ ids: [proxy] })
  if (!found.ok) return found
  const [instance] = found.value
  return instance
    ? ok(instance.tags[TAG] ?? null)
    : fail('ec2.not-found', \`EC2 shows no \${proxy}\`, 'look at the fleet again before deciding')
}

/** What became of it, where the process died in between: asked of the world, and never guessed. */
const probe = async ({ proxy, from, to }: Turn, _token: string, { providers }: Hands): Promise<Probe> => {
  const ec2 = await providers.ec2()
  const now = ec2.ok ? await valueOn(ec2.value, proxy) : ec2
  if (!now.ok) return { state: 'unknown', evidence: \`\${TAG} on \${proxy} (\${now.failure.message})\` }
  const evidence = \`\${TAG} on \${proxy}: \${now.value ?? 'none'}\`
  if (now.value === to) return { state: 'done', result: { changed: true }, evidence }
  return now.value === from ? { state: 'not-done', evidence } : { state: 'unknown', evidence }
}

const said = z.object({ changed: z.boolean() })

/** The same op, the other way round. */
const undo = ({ proxy, from, to }: Turn, result: Json): readonly OpRequest[] => {
  if (said.safeParse(result).data?.changed === false) return []
  return [{ kind: 'set-tag', key: 'tag-back', target: proxy, args: { proxy, from: to, to: from } }]
}

// An op that takes a serving target away says so with \`takes\`: the capacity floor is looked at before it.
export const setTag = defineOp(turn, { effect, probe, undo, byHand })
`
