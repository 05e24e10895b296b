import { literal, type Names, type Written } from './part.js'

/** A check that looks at something real: which proxies of a cluster answer on their data path. */
export const checkFiles = (names: Names): readonly Written[] => [
  [`src/checks/${names.folder}/schema.ts`, schema(names)],
  [`src/checks/${names.folder}/run.ts`, run(names)],
  [`test/checks/${names.folder}.test.ts`, test(names)],
]

const schema = ({ name, identifier, summary }: Names): string => `import * as z from 'zod'
import { defineCheck } from '../contract.js'

// What a runbook gives it under \`with\`. The words of \`describe\` stand in the reference and in editors.
const input = z.strictObject({ cluster: z.string().describe('Name of the cluster in the fleet file') })

// What \`expect\` sees as \`result\`, and later steps as \`steps.<id>\`: numbers and lists that can be compared.
const output = z.object({
  serving: z.array(z.string()).describe('Proxies that answered'),
  silent: z
    .array(z.object({ id: z.string(), reason: z.string() }))
    .describe('Proxies that did not answer; never counted as fine'),
})

export type Input = z.output<typeof input>
export type Output = z.output<typeof output>

export const ${identifier} = defineCheck({
  name: '${name}',
  summary: ${literal(summary)},
  input,
  output,
  load: () => import('./run.js'),
})
`

const run = ({ name }: Names): string => `import type { Failure } from '../../domain/result.js'
import type { Target } from '../../fleet/inventory.js'
import type { Look } from '../../providers/look.js'
import type { Report } from '../contract.js'
import type { Input, Output } from './schema.js'

/**
 * Says what ${name} sees now. As it was written by \`firebreak new\` it asks every proxy of a cluster whether it
 * answers: change what is asked, and keep that it changes nothing and that it can be unable to tell.
 */
export const run = async ({ cluster }: Input, look: Look): Promise<Report<Output>> => {
  const found = await look.discover(cluster, 'proxy')
  if (!found.ok) return blind(found.failure.message, found.failure)
  const { targets } = found.value
  if (targets.length === 0) return blind(\`no proxy of \${cluster} was found; an empty answer is no good news\`)
  const answers = await Promise.all(targets.map(target => ask(target, look)))
  const output: Output = {
    serving: answers.filter(({ reason }) => reason === undefined).map(({ id }) => id),
    silent: answers.flatMap(({ id, reason }) => (reason === undefined ? [] : [{ id, reason }])),
  }
  // None answers: that is as likely our own way there as all of them, and no verdict on them.
  if (output.serving.length === 0)
    return { verdict: 'inconclusive', output, summary: \`none of \${targets.length} proxies answered\` }
  return { verdict: output.silent.length === 0 ? 'pass' : 'fail', output, summary: words(output) }
}

/** One look at one target, by a provider of \`look\`: the world is asked by those only, in a drill too. */
const ask = async ({ id, data }: Target, { providers }: Look) => {
  const answer = await providers.memcached(data).version()
  return { id, reason: answer.ok ? undefined : answer.failure.message }
}

const words = ({ serving, silent }: Output): string =>
  [
    \`\${serving.length} of \${serving.length + silent.length} proxies answered\`,
    ...silent.map(({ id, reason }) => \`\${id} did not (\${reason})\`),
  ].join('; ')

/** Nothing was seen: null, because an empty output would read as a good one. */
const blind = (summary: string, failure?: Failure): Report<Output> => ({
  verdict: 'inconclusive',
  output: null,
  summary,
  ...(failure ? { failure } : {}),
})
`

const test = ({ name, folder, identifier }: Names): string => `import { describe, expect, it } from 'vitest'
import { run } from '../../src/checks/${folder}/run.js'
import { ${identifier} } from '../../src/checks/${folder}/schema.js'
import { fail, ok } from '../../src/domain/result.js'
import type { Look } from '../../src/providers/look.js'
import { CLUSTER, lookAt, newCloud } from '../actions/cloud.js'

/** Six proxies i-1 to i-6, of which these do not answer. */
const report = (...silent: number[]) => {
  const cloud = newCloud()
  for (const n of silent) cloud.dead.add(\`tcp://10.0.0.\${n}:11211\`)
  return run({ cluster: CLUSTER }, lookAt(cloud))
}

const reportWhere = (discover: Look['discover']) =>
  run({ cluster: CLUSTER }, { ...lookAt(newCloud()), discover })

describe('${name}', () => {
  it('passes where every proxy answers', async () => {
    expect(await report()).toMatchObject({ verdict: 'pass', output: { silent: [] } })
  })

  it('fails where one does not, and names it and why', async () => {
    const { verdict, output, summary } = await report(3)
    expect(verdict).toBe('fail')
    expect(output).toMatchObject({ silent: [{ id: 'i-3', reason: 'no answer' }] })
    expect(summary).toContain('i-3 did not (no answer)')
  })

  it('cannot tell where none answers', async () => {
    expect(await report(1, 2, 3, 4, 5, 6)).toMatchObject({ verdict: 'inconclusive', output: { serving: [] } })
  })

  it('cannot tell where nothing is found, or discovery fails', async () => {
    const failed = fail('discovery.failed', 'EC2 cannot be asked', 'mend it')
    const nobody: Look['discover'] = async (cluster, role) =>
      ok({ cluster, role, at: 0, source: 'ec2', targets: [] })
    expect(await reportWhere(nobody)).toMatchObject({ verdict: 'inconclusive', output: null })
    expect(await reportWhere(async () => failed)).toMatchObject({
      verdict: 'inconclusive',
      failure: { code: 'discovery.failed' },
    })
  })

  it('gives what its schema promises', async () => {
    for (const { output } of [await report(), await report(3)])
      expect(${identifier}.output.parse(output)).toEqual(output)
  })
})
`
