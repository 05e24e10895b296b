import { Environment } from '@marcbachmann/cel-js/evaluator'
import { describe, expect, test, vi } from 'vitest'
import type { Template } from '../../src/domain/runbook.js'
import type { Scope } from '../../src/domain/scope.js'
import { createEvaluator } from '../../src/runbook/expressions/evaluate.js'
import { templateOf } from '../../src/runbook/expressions/template.js'
import { entryOf } from '../../src/source/node.js'
import { parseYaml } from '../../src/source/parse-yaml.js'

const scope: Scope = {
  inputs: { cluster: 'c1', count: 3, sure: true, patience: '5m' },
  durations: ['patience'],
  steps: {
    survey: {
      hot: [{ id: 'p1', connections: 900, because: 'peers' }],
      proxies: [
        { id: 'p1', connections: 900, limit: 1000 },
        { id: 'p2', connections: 10 },
      ],
      worst: ['p1', 'p2'],
      unseen: [],
      hot_share: 0.5,
      median: 10,
    },
    asked: { choice: 'y' },
  },
  outcomes: { survey: 'failed' },
  visits: { survey: 2 },
  posture: 'conservative',
  impact: 'sev2',
  elapsedMs: 90_500,
  incident: { id: 'drill-1' },
  mode: { fleet: 'simulated', effects: 'applied' },
}

const { evaluate, evaluateTemplate } = createEvaluator()

const resultOf = (expression: string) => {
  const result = evaluate(expression, scope)
  return result.ok ? result.value : result
}

describe('an expression', () => {
  test.each([
    ['size(steps.survey.hot)', 1],
    ['size(steps.survey.unseen) == 0', true],
    ['steps.survey.hot_share > 1', false],
    ['size(steps.survey.worst) * 1.5', 3],
    ['1.5 * size(steps.survey.worst) == 3', true],
    ['steps.survey.median == 10', true],
    ['10 != steps.survey.median', false],
    ['steps.survey.median / 4', 2.5],
    ['steps.survey.median % 4', 2],
    ['7 / 2', 3],
    ['-steps.survey.median', -10],
    ['steps.survey.worst', ['p1', 'p2']],
    ['steps.survey.hot[0]', { id: 'p1', connections: 900, because: 'peers' }],
    ['steps.survey.proxies.filter(p, has(p.limit)).map(p, p.id)', ['p1']],
    ['steps.survey.hot.exists(h, h.connections > 100)', true],
    ['"p1" in steps.survey.worst', true],
    ['"p1" in steps.survey.unseen', false],
    ['steps.survey.worst == ["p1", "p2"]', true],
    ['steps.asked.choice == "y"', true],
    ['outcome("survey")', 'failed'],
    ['visits("survey")', 2],
    ['visits("never") == 0', true],
    ['has(steps.survey)', true],
    ['has(steps.never)', false],
    ['elapsed', '90.5s'],
    ['elapsed > duration("1m") && elapsed < inputs.patience', true],
    ['inputs.patience', '300s'],
    ['inputs.patience + duration("30s")', '330s'],
    ['posture + "/" + impact + "/" + mode.fleet + "/" + incident.id', 'conservative/sev2/simulated/drill-1'],
    ['{"a": [1, 2], "b": [3]}["a"]', [1, 2]],
    ['inputs.cluster.size()', 2],
    ['true || steps.never.x', true],
    ['false && steps.never.x', false],
  ])('%s gives %j', (expression, value) => {
    expect(resultOf(expression)).toEqual(value)
  })

  test.each([
    ['steps.never', 'steps.never'],
    ['steps.never.hot.size() > 0', 'steps.never'],
    ['inputs.cluster == "c1" && steps.never.x', 'steps.never'],
    ['has(steps.never.x)', 'steps.never'],
    ['steps.survey.proxies[1].limit > 3', 'steps.survey.proxies[1].limit'],
    ['steps.survey.worst[7]', 'steps.survey.worst[7]'],
    ['result.hot', 'result'],
    ['outcome("never") == "passed"', 'outcome("never")'],
    ['inputs.constructor', 'inputs.constructor'],
    ['steps.__proto__', 'steps.__proto__'],
  ])('%s says that %s is absent', (expression, missing) => {
    expect(evaluate(expression, scope)).toMatchObject({ ok: false, missing })
  })

  test.each(['1 / 0', '"a" + 1', 'size(', '"x".matches("(")', 'nope("x")', 'x'.repeat(3_000)])(
    '%.20s fails as a value, with nothing absent',
    expression => {
      const result = evaluate(expression, scope)
      expect(result).toMatchObject({ ok: false, message: expect.stringMatching(/./) })
      expect(result).not.toHaveProperty('missing')
    },
  )

  test('result is the output that is looked at', () => {
    const result = { hot: [], median: 3 }
    expect(evaluate('size(result.hot) == 0 && result.median > 1', { ...scope, result })).toMatchObject({
      ok: true,
      value: true,
    })
  })

  test('each evaluation sees its own scope, though it is parsed once', () => {
    const later = { ...scope, visits: { survey: 9 }, outcomes: {} }
    expect(evaluate('visits("survey")', scope)).toMatchObject({ value: 2 })
    expect(evaluate('visits("survey")', later)).toMatchObject({ value: 9 })
    expect(evaluate('outcome("survey")', later)).toMatchObject({ missing: 'outcome("survey")' })
  })

  test('the values that it looked at are told', () => {
    expect(evaluate('steps.survey.hot_share > 0.5 && size(steps.survey.hot) == 1', scope)).toEqual({
      ok: true,
      value: false,
      seen: { 'steps.survey.hot_share': 0.5, 'size(steps.survey.hot)': 1 },
    })
  })

  test('it and what it looks at are parsed once, however often it is evaluated', () => {
    const parsed = vi.spyOn(Environment.prototype, 'parse')
    const written = 'steps.survey.hot.exists(h, h.connections > 100)'
    const evaluator = createEvaluator()
    const often = Array.from({ length: 100 }, () => evaluator.evaluate(written, scope))
    const texts = parsed.mock.calls.map(([text]) => text)
    parsed.mockRestore()
    expect(often).toEqual(Array(100).fill({ ok: true, value: true, seen: expect.anything() }))
    expect(texts).toContain(written)
    expect(texts).toHaveLength(new Set(texts).size)
  })
})

describe('a template', () => {
  const read = (yaml: string): Template => {
    const node = entryOf(parseYaml(`k: ${yaml}\n`, 'f.yaml').root, 'k')?.node
    if (!node) throw new Error(`no value in ${yaml}`)
    return templateOf(node)
  }

  test.each([
    ['plain', 'plain'],
    ['5', 5],
    ['[a, { b: ~ }]', ['a', { b: null }]],
    ['${{ steps.survey.worst }}', ['p1', 'p2']],
    ['" ${{ inputs.count }} "', 3],
    ['"n = ${{ inputs.count }}"', 'n = 3'],
    ['${{ inputs.cluster }}-${{ inputs.count }}', 'c1-3'],
    ['"worst: ${{ steps.survey.worst }}"', 'worst: p1, p2'],
    ['"after ${{ elapsed }}"', 'after 90.5s'],
    ['{ a: ["${{ inputs.count }}", b], c: { d: "x${{ inputs.cluster }}" } }', { a: [3, 'b'], c: { d: 'xc1' } }],
    [`'\${{ {"a": {"b": 1}}["a"]["b"] }}'`, 1],
    [`'\${{ "}}" }}'`, '}}'],
    ['cost: $5 {{ x }}'.replace(': ', ' '), 'cost $5 {{ x }}'],
  ])('%s gives %j', (yaml, value) => {
    expect(evaluateTemplate(read(yaml), scope)).toMatchObject({ ok: true, value })
  })

  test('a part that is absent makes the whole absent', () => {
    expect(evaluateTemplate(read('{ a: 1, b: ["x ${{ steps.never.x }}"] }'), scope)).toMatchObject({
      ok: false,
      missing: 'steps.never',
    })
  })

  test('what has no expression in it is one literal', () => {
    expect(read('{ a: [1, b], c: "${{ inputs.count }}" }')).toEqual({
      map: { a: { literal: [1, 'b'] }, c: { cel: 'inputs.count' } },
    })
  })
})
