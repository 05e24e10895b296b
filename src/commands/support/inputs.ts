import type { Json, JsonObject } from '../../domain/json.js'
import type { Question } from '../../domain/question.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { InputSpec, Runbook } from '../../domain/runbook.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Host } from '../../hosts/contract.js'
import { wrongInputText } from '../../runbook/input-text.js'
import { nearest } from '../../source/nearest.js'

type Given = { readonly [name: string]: string | number | boolean }

/** `k=v` as typed on the command line, several times; a name once, since neither value is the likelier one. */
export const parseAssignments = (pairs: readonly string[]): Result<Given> => {
  const given: { [name: string]: string } = Object.create(null)
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) return fail('input.invalid', `-i ${pair} is no assignment`, 'write it as -i name=value')
    const name = pair.slice(0, at)
    if (name in given) return fail('input.invalid', `-i ${name} is given twice`, `keep one -i ${name}=VALUE`)
    given[name] = pair.slice(at + 1)
  }
  return ok(given)
}

/**
 * Every input of the runbook: as given, else its default, else asked for where a person is there and it has
 * options. A host asks with options only, so any other input must be given.
 */
export const resolveInputs = async (
  runbook: Runbook,
  fleet: Fleet,
  given: Given,
  host: Host | undefined,
): Promise<Result<JsonObject>> => {
  const known = Object.keys(runbook.inputs)
  const stranger = Object.keys(given).find(name => !known.includes(name))
  if (stranger !== undefined) {
    const near = nearest(stranger, known)
    return fail(
      'input.invalid',
      `${runbook.name} has no input ${stranger}`,
      near ? `did you mean ${near}?` : `it has: ${known.join(', ')}`,
    )
  }
  const inputs: { [name: string]: Json } = {}
  for (const [name, spec] of Object.entries(runbook.inputs)) {
    const value = await resolveInput(name, spec, fleet, given[name] ?? spec.default, host)
    if (!value.ok) return value
    inputs[name] = value.value
  }
  return ok(inputs)
}

const resolveInput = async (
  name: string,
  spec: InputSpec,
  fleet: Fleet,
  said: Json | undefined,
  host: Host | undefined,
): Promise<Result<Json>> => {
  const value = said ?? (host && (await askFor(name, spec, fleet, host)))
  if (value !== undefined) return convert(name, spec, fleet, value)
  const options = optionsOf(spec, fleet)
  const choice = options.length > 0 ? ` (one of ${options.join(', ')})` : ''
  const unasked = host && options.length === 0 ? `; a ${spec.type} cannot be asked for yet` : ''
  return fail(
    'input.missing',
    `the input ${name} is missing: ${spec.ask ?? spec.type}`,
    `give it with -i ${name}=VALUE${choice}${unasked}`,
  )
}

const askFor = async (name: string, spec: InputSpec, fleet: Fleet, host: Host): Promise<string | undefined> => {
  const options = optionsOf(spec, fleet)
  if (options.length === 0) return undefined
  const question: Question = {
    id: `input:${name}`,
    kind: 'ask',
    step: name,
    visit: 1,
    title: spec.ask ?? name,
    text: `The runbook needs the input ${name}.`,
    options: options.map(key => ({ key, label: '', recommended: false })),
    verbs: [],
  }
  const answer = await host.request(question, new AbortController().signal)
  return answer?.option
}

/** What can be chosen from; none where any text may be right. */
const optionsOf = (spec: InputSpec, fleet: Fleet): readonly string[] => {
  if (spec.type === 'cluster') return Object.keys(fleet.clusters)
  if (spec.type === 'boolean') return ['true', 'false']
  return spec.options ?? []
}

const convert = (name: string, spec: InputSpec, fleet: Fleet, value: Json): Result<Json> => {
  const right = wrongValue(spec, optionsOf(spec, fleet), value)
  if (right !== undefined)
    return fail('input.invalid', `${name} cannot be ${JSON.stringify(value)}`, `give ${right}`)
  if (spec.type === 'number') return ok(Number(value))
  return ok(spec.type === 'boolean' ? String(value) === 'true' : String(value))
}

/** What it must be, where it is not. */
const wrongValue = ({ type }: InputSpec, options: readonly string[], value: Json): string | undefined => {
  if (type === 'number') return isNumber(value) ? undefined : 'a number'
  if (options.length > 0) return options.includes(String(value)) ? undefined : `one of: ${options.join(', ')}`
  return wrongInputText(type, String(value))
}

/** `Number` alone makes 0 of blanks and 1 of `true`. */
const isNumber = (value: Json): boolean =>
  (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) &&
  Number.isFinite(Number(value))
