import { type Block, chainOf, stepsBelow } from '../block.js'
import type { Catalogue } from '../catalogue.js'
import type { Draft, StepDraft } from '../draft.js'
import { celTypeOf, defineType, safeName, type TypeTable } from './cel-types.js'

type Outputs = ReadonlyMap<string, string>

/** Types that every kind of step has alike, by what they are called here. */
const ANSWER = 'answer'
const DONE = 'done'
const CALLED = 'called'

/** The output type of each check and action that the runbook uses, defined once each. */
export const outputTypes = (types: TypeTable, { block, catalogue }: Draft): Outputs => {
  const outputs = new Map([
    [ANSWER, defineType(types, ANSWER, new Map([['choice', 'string']]))],
    [DONE, defineType(types, DONE, new Map())],
    [CALLED, defineType(types, CALLED, new Map([['outcome', 'string']]))],
  ])
  for (const { kind, uses } of stepsBelow(block)) {
    if (uses === undefined || (kind !== 'check' && kind !== 'action')) continue
    const entries: Catalogue['checks'] = catalogue[`${kind}s`]
    const entry = Object.hasOwn(entries, uses) ? entries[uses] : undefined
    const name = `${kind}s.${uses}`
    if (entry && !outputs.has(name)) outputs.set(name, celTypeOf(types, entry.output, name))
  }
  return outputs
}

/** For each block the type of `steps` in it: its own outputs, and those of the blocks around. */
export const scopeTypes = (types: TypeTable, root: Block, outputs: Outputs): ReadonlyMap<Block, string> => {
  const own = new Map<Block, ReadonlyMap<string, string>>()
  fieldsOf(types, root, outputs, 'steps', own)
  return new Map(
    [...own.keys()].map((block, index) => {
      const fields = chainOf(block)
        .toReversed()
        .flatMap(around => [...(own.get(around) ?? [])])
      return [block, defineType(types, block === root ? STEPS : `${STEPS}_in.${index}`, new Map(fields))]
    }),
  )
}

const STEPS = 'steps'

/** Is it the type of `steps`, in whatever block? */
export const isScope = (type: string): boolean => type === STEPS || type.startsWith(`${STEPS}_in.`)

/** The outputs of a block's own steps, by their ids; those of the blocks inside are noted on the way. */
const fieldsOf = (
  types: TypeTable,
  block: Block,
  outputs: Outputs,
  path: string,
  own: Map<Block, ReadonlyMap<string, string>>,
): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  own.set(block, fields)
  for (const step of block.steps) {
    const type = stepType(types, step, outputs, `${path}.${step.id}`, own)
    if (type !== undefined && !fields.has(step.id)) fields.set(step.id, type)
  }
  for (const orphan of block.orphans) fieldsOf(types, orphan, outputs, `${path}.?`, own)
  return fields
}

/** Undefined for kinds that have no output. A step with findings of its own can have any. */
const stepType = (
  types: TypeTable,
  step: StepDraft,
  outputs: Outputs,
  path: string,
  own: Map<Block, ReadonlyMap<string, string>>,
): string | undefined => {
  switch (step.kind) {
    case undefined:
      return 'dyn'
    case 'ask':
      return ANSWER
    case 'manual':
      return DONE
    case 'run':
      return CALLED
    case 'check':
    case 'action':
      return outputs.get(`${step.kind}s.${step.uses}`) ?? 'dyn'
    case 'parallel':
    case 'each':
      return blocksType(types, step, outputs, path, own)
    default:
      return undefined
  }
}

/** `{ left: { … }, right: { … } }` of branches, and `{ items: [ … ] }` of what is done for each. */
const blocksType = (
  types: TypeTable,
  { kind, blocks }: StepDraft,
  outputs: Outputs,
  path: string,
  own: Map<Block, ReadonlyMap<string, string>>,
): string => {
  const parts = blocks.map(block => {
    const name = kind === 'each' ? 'item' : (block.owner?.branch ?? '')
    const inside = fieldsOf(types, block, outputs, `${path}.${name}`, own)
    return [name, defineType(types, unique(types, `${path}.${name}`), inside)] as const
  })
  const [first] = parts
  if (first === undefined) return 'dyn' // it has findings
  const fields = kind === 'each' ? new Map([['items', `list<${first[1]}>`]]) : new Map(parts)
  return defineType(types, unique(types, path), fields)
}

/** Where two steps have one id, which is a finding, the second one is of another type. */
const unique = (types: TypeTable, name: string): string =>
  types.fields.has(safeName(name)) ? unique(types, `${name}_`) : name
