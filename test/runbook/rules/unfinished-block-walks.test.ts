import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/domain/json.js'
import type { OnFailure, Runbook, Step, Template } from '../../../src/domain/runbook.js'
import type { Scope } from '../../../src/domain/scope.js'
import { createEvaluator } from '../../../src/runbook/expressions/evaluate.js'
import { parse } from '../catalogue.js'

// Lists of steps in steps, walked as an engine would: what is used without a finding must be there.

const inside = (steps: string): string => steps.trimEnd().replaceAll(/^/gm, '    ')

const MANY = 'steps.both.right.many'
const hot = (path: string): string => `size(${path}.hot) > 0`

/** Outputs with what has to be asked before they are used, from the outside in. */
const OUTPUTS: readonly (readonly [use: string, ...guards: string[]])[] = [
  [hot('steps.s0'), 'has(steps.s0)'],
  [hot('steps.both.left.l0'), 'has(steps.both)', 'has(steps.both.left.l0)'],
  [hot('steps.both.left.l1'), 'has(steps.both)', 'has(steps.both.left.l1)'],
  [`${MANY}.items.all(i, size(i.m0.hot) > 0)`, 'has(steps.both)', `has(${MANY})`],
  [`${MANY}.items.all(i, has(i.m0) && size(i.m0.hot) > 0)`, 'has(steps.both)', `has(${MANY})`],
  [
    `${MANY}.items.filter(i, has(i.m0)).exists(i, size(i.m0.hot) > 1)`,
    'has(steps.both)',
    `has(${MANY})`,
    'inputs.sure',
  ],
]

/** One of them, behind all or some of its guards. */
const asked = fc.tuple(fc.constantFrom(...OUTPUTS), fc.nat({ max: 15 })).map(([[use, ...guards], kept]) => {
  const terms = guards.filter((_, bit) => kept > 9 || (kept >> bit) % 2 === 1)
  return [...terms, use].join(' && ')
})

const then = fc.constantFrom('continue', 'abort')
const when = fc.option(fc.constantFrom('inputs.sure', '!inputs.sure'), { nil: undefined })

const look = (id: string) =>
  fc
    .tuple(when, then, fc.constantFrom('continue', 'ask'))
    .map(
      ([on, failed, unclear]) =>
        `- id: ${id}\n  check: proxy.connections\n  with: { cluster: a }\n  on_failure: ${failed}\n  on_inconclusive: ${unclear}\n${on ? `  when: '${on}'\n` : ''}`,
    )

const over = (id: string, to: string) =>
  fc.constantFrom('', `- id: ${id}\n  branch: [{ if: inputs.sure, goto: ${to} }, {}]\n`)

const tell = (id: string, uses: fc.Arbitrary<string>) =>
  fc
    .tuple(uses, when)
    .map(([use, on]) => `- id: ${id}\n  notify: 'x \${{ ${use} }}'\n${on ? `  when: '${on}'\n` : ''}`)

const INNER = [
  ...[hot('steps.s0'), hot('steps.l0'), 'inputs.sure'],
  ...['s0', 'l0'].map(id => `has(steps.${id}) && ${hot(`steps.${id}`)}`),
]
const left = fc
  .tuple(over('lj', 'l1'), look('l0'), look('l1'), fc.constantFrom(...INNER))
  .map(([jump, a, b, use]) => `${jump}${a}${b}- id: lt\n  notify: 'x \${{ ${use} }}'\n`)

const right = fc
  .tuple(look('m0'), over('mj', 'm9'), fc.constantFrom('[]', '["a"]', '["a", "b"]'), then)
  .map(
    ([a, jump, list, failed]) =>
      `- id: many\n  each: '\${{ ${list} }}'\n  on_failure: ${failed}\n  steps:\n${inside(`${jump}${a}- id: m9\n  notify: x \${{ item }}\n`)}\n`,
  )

const runbooks = fc
  .tuple(look('s0'), when, then, left, right, tell('use', asked))
  .map(
    ([first, on, failed, a, b, use]) =>
      `runbook: a\ntitle: A\ninputs: { sure: { type: boolean } }\nsteps:\n${first}- id: both\n  on_failure: ${failed}\n${on ? `  when: '${on}'\n` : ''}  parallel:\n    left:\n${inside(a)}\n    right:\n${inside(b)}\n${use}- id: over\n  end: resolved\n`,
  )

type Ended = { readonly failed: boolean; readonly outputs: JsonObject }
type Frame = { readonly steps: { [id: string]: Json }; readonly items: JsonObject }

/** What a walk asks for in vain, with the answers of `choose`, a number below its argument. */
const walk = (runbook: Runbook, sure: boolean, choose: (below: number) => number): string | undefined => {
  const { evaluate } = createEvaluator()
  const ask = (expression: string, frames: readonly Frame[]): Json => {
    const steps = Object.assign({}, ...frames.map(frame => frame.steps))
    const items = Object.assign({}, ...frames.map(frame => frame.items))
    // The rest of a scope is not used by any of these expressions.
    const scope = { inputs: { sure }, steps, items, outcomes: {}, visits: {}, elapsedMs: 0 } as unknown as Scope
    const found = evaluate(expression, scope)
    if (found.ok) return found.value
    throw found
  }
  const fill = (template: Template, frames: readonly Frame[]): void => {
    for (const part of 'text' in template ? template.text : [])
      if (typeof part !== 'string') ask(part.cel, frames)
  }
  const runList = (steps: readonly Step[], around: readonly Frame[], items: JsonObject = {}): Ended => {
    const frame: Frame = { steps: {}, items }
    const frames = [...around, frame]
    let place = 0
    for (let step = steps[place]; step !== undefined && step.kind !== 'end'; step = steps[place]) {
      const admitted = step.when === undefined || ask(step.when, frames) === true
      const to = admitted ? runStep(step, frames, frame) : undefined
      if (to === 'fails') return { failed: true, outputs: frame.steps }
      place = to === undefined ? place + 1 : steps.findIndex(({ id }) => id === to)
    }
    return { failed: false, outputs: frame.steps }
  }
  /** The step that follows where it is not the next one. */
  const runStep = (step: Step, frames: readonly Frame[], frame: Frame): string | undefined => {
    if (step.kind === 'notify') fill(step.notify, frames)
    if (step.kind === 'branch')
      return step.branch.find(arm => arm.if === undefined || ask(arm.if, frames) === true)?.goto
    if (step.kind === 'check') return checked(step, frame)
    if (step.kind === 'parallel' || step.kind === 'each') return opened(step, frames, frame)
    return undefined
  }
  const checked = (step: Step & { kind: 'check' }, frame: Frame): string | undefined => {
    const outcome = choose(3)
    // Where a person is asked, the person says what is to be known.
    if (outcome === 2 && step.onInconclusive.do !== 'ask') return undefined
    frame.steps[step.id] = { hot: Array.from({ length: choose(3) }, () => 'p') }
    return outcome === 1 ? failed(step.onFailure) : undefined
  }
  const opened = (step: Step & { kind: 'parallel' | 'each' }, frames: readonly Frame[], frame: Frame) => {
    const list = step.kind === 'each' && 'cel' in step.each ? ask(step.each.cel, frames) : []
    const ended =
      step.kind === 'parallel'
        ? step.parallel.map(({ name, steps }) => [name, runList(steps, frames)] as const)
        : (Array.isArray(list) ? list : []).map(
            (item, n) => [`${n}`, runList(step.steps, frames, { item })] as const,
          )
    const outputs = ended.map(([name, { outputs: made }]) => [name, made] as const)
    frame.steps[step.id] =
      step.kind === 'parallel' ? Object.fromEntries(outputs) : { items: outputs.map(([, made]) => made) }
    return ended.some(([, end]) => end.failed) ? failed(step.onFailure) : undefined
  }
  const failed = ({ do: what }: OnFailure): string | undefined => (what === 'abort' ? 'fails' : undefined)
  try {
    runList(runbook.steps, [])
  } catch (failure) {
    const { missing } = failure as { missing?: string } // thrown above, and by nothing else
    return missing
  }
  return undefined
}

test('no walk through steps in steps without the finding asks for an output that is not there', () => {
  let clean = 0
  const rolls = fc.array(fc.nat({ max: 11 }), { minLength: 100, maxLength: 100 })
  fc.assert(
    fc.property(runbooks, rolls, (text, dice) => {
      const { runbook } = parse(text)
      if (!runbook) return
      clean += 1
      let at = 0
      const choose = (below: number) => (dice[at++ % dice.length] ?? 0) % below
      for (let walks = 0; walks < 12; walks += 1) {
        expect(walk(runbook, walks % 2 === 0, choose), text).toBeUndefined()
      }
    }),
    { numRuns: 400 },
  )
  expect(clean).toBeGreaterThan(30)
})
