import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CheckStep, Runbook, Step, Template } from '../../../src/domain/runbook.js'
import type { Scope } from '../../../src/domain/scope.js'
import { createEvaluator } from '../../../src/runbook/expressions/evaluate.js'
import { parse } from '../catalogue.js'

const STEPS = 6

/** A step with an output: every other one is a check. */
const id = fc.constantFrom('s0', 's2', 's4')

/** Before each step there is a wait, and every jump leads to one: else most circles would be hot loops. */
const target = fc.integer({ min: 0, max: STEPS - 1 }).map(n => `w${n}`)

const use = id.map(name => `size(steps.${name}.hot) > 1`)
const guard = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom('', '!'), id).map(([not, name]) => `${not}has(steps.${name})`),
  },
  id.map(name => `outcome("${name}") == "passed"`),
  fc.constant('inputs.sure'),
)

/** Conditions over such terms. */
const joined = (term: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.letrec<{ test: string }>(tie => ({
    test: fc.oneof(
      { maxDepth: 2 },
      term,
      fc
        .tuple(tie('test'), tie('test'), fc.constantFrom('&&', '||'))
        .map(([a, b, op]) => `(${a}) ${op} (${b})`),
      tie('test').map(test => `!(${test})`),
    ),
  })).test

/** Alike for two steps only where its value cannot change between them. */
const when = fc.option(fc.constantFrom('inputs.sure', '!inputs.sure'), { nil: undefined })
const way = fc.oneof(
  fc.constant('continue'),
  target.map(goto => `{ goto: ${goto} }`),
)

const look = fc
  .tuple(when, way, way, fc.option(target, { nil: undefined }))
  .map(
    ([on, failed, unclear, then]) =>
      `  check: proxy.connections\n  with: { cluster: a }\n  on_failure: ${failed}\n  on_inconclusive: ${unclear}\n${on ? `  when: '${on}'\n` : ''}${then ? `  limit: { visits: 2, then: ${then} }\n` : ''}`,
  )
const pick = fc
  .tuple(joined(guard), joined(guard), target, target)
  .map(([a, b, x, y]) => `  branch:\n  - if: '${a}'\n    goto: ${x}\n  - if: '${b}'\n    goto: ${y}\n  - {}\n`)
const pause = fc.tuple(guard, target).map(([test, then]) => `  goto: ${then}\n  when: '${test}'\n`)
const tell = fc
  .tuple(
    joined(fc.oneof(use, guard)),
    fc.option(fc.oneof(guard, fc.constant('!inputs.sure')), { nil: undefined }),
  )
  .map(([test, on]) => `  manual: Is it \${{ ${test} }}\n${on ? `  when: '${on}'\n` : ''}`)

/** One step of them uses outputs: with more, hardly any runbook would be without a finding. */
const runbooks = fc
  .tuple(look, fc.oneof(pick, pause), look, fc.oneof(pick, pause), look, tell, fc.constantFrom(1, 3, 5))
  .map(([a, b, c, d, e, one, place]) =>
    place === 1 ? [a, one, c, d, e, b] : place === 3 ? [a, b, c, one, e, d] : [a, b, c, d, e, one],
  )
  .map(
    steps =>
      `runbook: a\ntitle: A\ninputs: { sure: { type: boolean } }\nsteps:\n${steps.map((step, n) => `- id: w${n}\n  wait: 1s\n- id: s${n}\n${step}`).join('')}- id: over\n  end: resolved\n`,
  )

type Walk = { place: number; readonly scope: Scope; readonly counts: Map<string, number> }

/** The outputs that a walk asks for in vain. Its choices are those of `choose`, a number below its argument. */
const walk = (runbook: Runbook, sure: boolean, choose: (below: number) => number): string | undefined => {
  const { evaluate } = createEvaluator()
  const steps: { [id: string]: { hot: string[] } } = {}
  const outcomes: { [id: string]: string } = {}
  const scope = { inputs: { sure }, steps, outcomes, visits: {}, posture: '', impact: '', elapsedMs: 0 }
  // The rest of a scope is not used by any of these expressions.
  const now: Walk = { place: 0, scope: scope as unknown as Scope, counts: new Map() }
  const placeOf = (name: string) => runbook.steps.findIndex(step => step.id === name)
  const ask = (expression: string): boolean => {
    const found = evaluate(expression, now.scope)
    if (!found.ok) throw found
    return found.value === true
  }
  const next = (step: Step): number => {
    const made = now.counts.get(step.id) ?? 0
    if (step.limit && made >= step.limit.visits) return placeOf(step.limit.then)
    if (step.when !== undefined && !ask(step.when)) {
      outcomes[step.id] = 'skipped'
      return now.place + 1
    }
    now.counts.set(step.id, made + 1)
    return take(step)
  }
  const take = (step: Step): number => {
    if (step.kind === 'check') return looked(step)
    if (step.kind === 'manual') say(step.manual)
    if (step.kind === 'goto') return placeOf(step.goto)
    const arm =
      step.kind === 'branch' ? step.branch.find(({ if: test }) => test === undefined || ask(test)) : {}
    return arm?.goto === undefined ? now.place + 1 : placeOf(arm.goto)
  }
  const say = (said: Template): void => {
    for (const part of 'text' in said ? said.text : []) if (typeof part !== 'string') ask(part.cel)
  }
  const looked = (step: CheckStep): number => {
    const outcome = ['passed', 'failed', 'inconclusive'][choose(3)] ?? ''
    outcomes[step.id] = outcome
    if (outcome === 'inconclusive') delete steps[step.id]
    else steps[step.id] = { hot: Array.from({ length: choose(3) }, () => 'p') }
    const then = { passed: undefined, failed: step.onFailure, inconclusive: step.onInconclusive }[outcome]
    return then?.do === 'goto' ? placeOf(then.goto) : now.place + 1
  }
  try {
    for (let made = 0; made < 40; made += 1) {
      const step = runbook.steps[now.place]
      if (step === undefined || step.kind === 'end') return undefined
      now.place = next(step)
    }
  } catch (failure) {
    const { missing } = failure as { missing?: string } // thrown above, and by nothing else
    return missing === undefined ? undefined : `${missing} at ${runbook.steps[now.place]?.id}`
  }
  return undefined
}

test('no walk through a runbook without the finding asks for an output that is not there', () => {
  let clean = 0
  const rolls = fc.array(fc.nat({ max: 11 }), { minLength: 200, maxLength: 200 })
  fc.assert(
    fc.property(runbooks, rolls, (text, dice) => {
      const { runbook } = parse(text)
      if (!runbook || !/^ {2}manual.*steps\.s\d\.hot/m.test(text)) return
      clean += 1
      let at = 0
      const choose = (below: number) => (dice[at++ % dice.length] ?? 0) % below
      for (let walks = 0; walks < 20; walks += 1)
        expect(walk(runbook, walks % 2 === 0, choose), text).toBeUndefined()
    }),
    { numRuns: 400 },
  )
  expect(clean).toBeGreaterThan(0)
})
