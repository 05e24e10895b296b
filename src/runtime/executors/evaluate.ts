import type { EventData } from '../../domain/event.js'
import type { Json, JsonObject } from '../../domain/json.js'
import type { BranchStep, Step, Template } from '../../domain/runbook.js'
import type { Scope } from '../../domain/scope.js'
import { againOf, frameAt, withheld } from '../../engine/frames.js'
import type { Command } from '../../engine/pending.js'
import { scopeOf } from '../../engine/scope.js'
import type { Deps, Evaluated } from '../deps.js'

type Evaluation = Pick<EventData['expression.evaluated'], 'value' | 'missing' | 'seen'>

/** Evaluates what a step needs and writes the value down: a replay never evaluates again. */
export const evaluate = (deps: Deps, command: Command & { do: 'evaluate' }): Promise<void> => {
  const { frame, step, visit, purpose } = command
  const evaluation = evaluated(deps, command)
  return deps.ledger.append({
    type: 'expression.evaluated',
    frame,
    data: { step: step.id, visit, purpose, ...evaluation },
  })
}

const evaluated = (deps: Deps, command: Command & { do: 'evaluate' }): Evaluation => {
  const { step } = command
  const scope = scopeFor(deps, command)
  switch (command.purpose) {
    case 'when':
      return condition(deps, deps.evaluator.evaluate(step.when ?? 'true', scope))
    case 'expect':
      return judgement(deps, command, scope)
    case 'branch':
      return arm(deps, step, scope)
    case 'text':
      return settle(texts(deps, step, scope))
    case 'until':
      return settle(deps.evaluator.evaluate(untilOf(step), scope))
    case 'each':
      return items(deps, step, scope)
    case 'verify':
    case 'with':
      return settle(inputs(deps, command.given ?? {}, scope))
  }
}

const scopeFor = (deps: Deps, command: Command & { do: 'evaluate' }): Scope => {
  const state = deps.ledger.state()
  return scopeOf(state, frameAt(state, command.frame), deps.incident, deps.clock.now(), command.result)
}

/** A `when` that cannot be known is planned as if true where effects are withheld, and never acted on where they are not. */
const condition = (deps: Deps, result: Evaluated): Evaluation => {
  if (result.ok) return evaluation(result)
  return { value: withheld(deps.ledger.state()), missing: reasonOf(result) }
}

const judgement = (deps: Deps, command: Command & { do: 'evaluate' }, scope: Scope): Evaluation => {
  const { step } = command
  const state = deps.ledger.state()
  const check = step.kind === 'check' ? step : againOf(state, frameAt(state, command.frame))
  return settle(deps.evaluator.evaluate(check.expect ?? 'false', scope))
}

/** The first true arm. One that cannot be known is passed over in a withheld run, and stops a real one. */
const arm = (deps: Deps, step: Step, scope: Scope): Evaluation => {
  const seen: JsonObject = {}
  for (const [index, { if: test }] of (step as BranchStep).branch.entries()) {
    if (test === undefined) return { value: index, seen }
    const result = deps.evaluator.evaluate(test, scope)
    if (!result.ok && !withheld(deps.ledger.state())) return { value: null, missing: reasonOf(result), seen }
    Object.assign(seen, result.ok ? result.seen : { [test]: `not evaluable: ${reasonOf(result)}` })
    if (result.ok && result.value === true) return { value: index, seen }
  }
  return { value: null, missing: 'which way to go', seen }
}

const untilOf = (step: Step): string => {
  if (step.kind !== 'wait' || typeof step.wait === 'number')
    throw new Error(`step ${step.id} waits for nothing`)
  return step.wait.until
}

/** The list of an `each`. What lint could not foresee is that it is none. */
const items = (deps: Deps, step: Step, scope: Scope): Evaluation => {
  if (step.kind !== 'each') throw new Error(`step ${step.id} has no list`)
  const result = deps.evaluator.evaluateTemplate(step.each, scope)
  if (result.ok && !Array.isArray(result.value)) return { value: null, missing: 'a list of items' }
  return settle(result)
}

const texts = (deps: Deps, step: Step, scope: Scope): Evaluated => {
  if (step.kind === 'manual') return mapOf({ text: deps.evaluator.evaluateTemplate(step.manual, scope) })
  if (step.kind === 'notify') return mapOf({ text: deps.evaluator.evaluateTemplate(step.notify, scope) })
  if (step.kind !== 'ask') throw new Error(`step ${step.id} has no text`)
  const labels = step.choices.map(
    ({ key, label }) => [key, deps.evaluator.evaluateTemplate(label, scope)] as const,
  )
  return mapOf({
    text: deps.evaluator.evaluateTemplate(step.ask, scope),
    labels: mapOf(Object.fromEntries(labels)),
  })
}

const inputs = (deps: Deps, templates: { readonly [key: string]: Template }, scope: Scope): Evaluated => {
  const entries = Object.entries(templates).map(([key, template]) => [
    key,
    deps.evaluator.evaluateTemplate(template, scope),
  ])
  return mapOf(Object.fromEntries(entries))
}

const mapOf = (results: { readonly [key: string]: Evaluated }): Evaluated => {
  const value: { [key: string]: Json } = {}
  const seen: JsonObject = {}
  for (const [key, result] of Object.entries(results)) {
    if (!result.ok) return result
    value[key] = result.value
    Object.assign(seen, result.seen)
  }
  return { ok: true, value, seen }
}

const settle = (result: Evaluated): Evaluation =>
  result.ok ? evaluation(result) : { value: null, missing: reasonOf(result) }

const evaluation = ({ value, seen }: Evaluated & { ok: true }): Evaluation =>
  Object.keys(seen).length > 0 ? { value, seen } : { value }

const reasonOf = (result: Evaluated & { ok: false }): string => result.missing ?? result.message
