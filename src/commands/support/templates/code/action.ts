import { actionOp } from './action-op.js'
import { actionTest } from './action-test.js'
import { literal, type Names, type Written } from './part.js'

/** An action that changes something real and small: a tag on one proxy, which another op of its kind takes back. */
export const actionFiles = (names: Names): readonly Written[] => [
  [`src/actions/${names.folder}/schema.ts`, schema(names)],
  [`src/actions/${names.folder}/tag.ts`, tag(names)],
  [`src/actions/${names.folder}/plan.ts`, plan],
  [`src/actions/${names.folder}/apply.ts`, apply],
  [`src/actions/${names.folder}/behaviour.ts`, behaviour],
  [`src/actions/${names.folder}/ops/set-tag.ts`, actionOp],
  [`test/actions/${names.folder}.test.ts`, actionTest(names)],
]

const schema = ({ name, identifier, summary }: Names): string => `import * as z from 'zod'
import { defineAction } from '../contract.js'

// What a runbook gives it under \`with\`. The words of \`describe\` stand in the reference and in editors.
const input = z.strictObject({
  proxy: z.string().describe('Id of the proxy'),
  value: z.string().min(1).max(256).describe('What its tag says from then on'),
})

// What later steps see as \`steps.<id>\`.
const output = z.object({
  proxy: z.string(),
  value: z.string().describe('What its tag says now'),
})

export type Input = z.output<typeof input>

export const ${identifier} = defineAction({
  name: '${name}',
  summary: ${literal(summary)},
  input,
  output,
  // Empty where it works without AWS, too. While EC2 does not answer, what needs it is not offered.
  needs: ['ec2'],
  permissions: ['ec2:CreateTags', 'ec2:DeleteTags', 'ec2:DescribeInstances'],
  load: () => import('./behaviour.js'),
})
`

const tag = ({ name }: Names): string => `import * as z from 'zod'
import type { Change } from '../../domain/plan.js'
import { shellLine } from '../shell-line.js'

export const TAG = 'firebreak:${name}'

/** One change, as the op's args hold it: all that doing it and taking it back need. Null: no such tag. */
export const turn = z.object({ proxy: z.string(), from: z.string().nullable(), to: z.string().nullable() })
export type Turn = z.output<typeof turn>

const value = z.object({ value: z.string().nullable() })

export const changeFor = ({ proxy, from, to }: Turn): Change => ({
  verb: 'tag',
  resource: proxy,
  before: { value: from },
  after: { value: to },
})

/** Reads the change of an agreed plan; it was made by \`changeFor\`, perhaps in another process. */
export const readChange = ([change]: readonly Change[]): Turn => ({
  proxy: change?.resource ?? '',
  from: value.parse(change?.before).value,
  to: value.parse(change?.after).value,
})

/** As it would be typed. */
export const byHand = ({ proxy, to }: Turn): string =>
  shellLine(
    to === null
      ? ['aws', 'ec2', 'delete-tags', '--resources', proxy, '--tags', \`Key=\${TAG}\`]
      : ['aws', 'ec2', 'create-tags', '--resources', proxy, '--tags', \`Key=\${TAG},Value=\${to}\`],
  )
`

const plan = `import { noCapacity, type PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Look } from '../../providers/look.js'
import { findProxies, inventoryWarnings } from '../find-proxies.js'
import type { Input } from './schema.js'
import { byHand, changeFor, TAG } from './tag.js'

/** What would be done now, and nothing of it done: this is all that an operator agrees to. */
export const plan = async ({ proxy, value }: Input, look: Look): Promise<Result<PlanDraft>> => {
  const found = await findProxies([proxy], look)
  if (!found.ok) return found
  const [target] = found.value.targets
  const from = target.tags[TAG] ?? null
  if (from === value) return fail('plan.nothing-to-do', \`\${proxy} says \${TAG}=\${value} already\`, 'go on')
  const turn = { proxy, from, to: value }
  return ok({
    summary: \`Tag \${proxy} with \${TAG}=\${value}\`,
    // What is true of the world before and after: states, never counts or times. The digest binds it.
    changes: [changeFor(turn)],
    // What it takes out of service or adds: guardrails go by it, and who must agree; \`atLeast\` asks for more.
    blast: noCapacity(false),
    facts: [],
    warnings: inventoryWarnings(found.value.inventory),
    undo: [from === null ? \`the tag goes from \${proxy}\` : \`\${proxy} says \${TAG}=\${from} again\`],
    confirm: proxy,
    predicted: { proxy, value },
    commands: [byHand(turn)],
    locks: [\`cluster:\${found.value.cluster.name}\`],
  })
}
`

const apply = `import type { Plan } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import type { Applied, Apply } from '../contract.js'
import { readChange } from './tag.js'

/** Goes by the plan alone, and changes the world by ops alone: after a crash it runs again from the top. */
export const apply = async ({ changes }: Plan, ctx: Apply): Promise<Result<Applied>> => {
  const turn = readChange(changes)
  const done = await ctx.op({ kind: 'set-tag', key: 'tag', target: turn.proxy, args: turn })
  if (!done.ok) return done
  const output = { proxy: turn.proxy, value: turn.to ?? '' }
  return ok({ output, summary: \`\${output.proxy} says \${output.value}\` })
}
`

const behaviour = `import type { Plan } from '../../domain/plan.js'
import type { Ec2Probe } from '../../providers/contract.js'
import type { ActionBehaviour } from '../contract.js'
import { apply } from './apply.js'
import { setTag } from './ops/set-tag.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'
import { readChange, TAG } from './tag.js'

/** What a dry-run asks EC2 for permission for: doing it, and taking it back. */
const probes = ({ changes }: Plan): readonly Ec2Probe[] => {
  const { proxy, to } = readChange(changes)
  return [
    { operation: 'CreateTags', ids: [proxy], tags: { [TAG]: to ?? '' } },
    { operation: 'DeleteTags', ids: [proxy], keys: [TAG] },
  ]
}

// A kind of op is in journals from the first time that it is used: its name and its args stay as they are.
export const behaviour: ActionBehaviour<Input> = { plan, ops: { 'set-tag': setTag }, apply, probes }
`
