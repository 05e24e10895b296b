import type { Json } from '../domain/json.js'
import type { InputSpec, InputType } from '../domain/runbook.js'
import { type Diagnostic, diagnose, type Finding } from '../source/diagnostic.js'
import { nearest } from '../source/nearest.js'
import { type Source, type Span, sourceOf } from '../source/source.js'
import type { Given, LoadedCall } from './call-draft.js'
import { circlesOf } from './circles.js'
import { DURATION, describeType } from './expressions/cel-types.js'
import { wrongInputValue } from './input-text.js'
import type { Callable, LoadedRunbook } from './load.js'
import { suggestName } from './names.js'

/** A file with the runbook in it, as far as other runbooks need to know it. */
export type CallFile = Pick<LoadedRunbook, 'callable' | 'calls' | 'source'> & { readonly file: string }

/** Runbooks by the names that calls use, and names that could have been meant. */
type Known = { readonly callees: ReadonlyMap<string, CallFile>; readonly names: readonly string[] }

/** Every place of those files that names another runbook: there is one, and what it is given fits its inputs. */
export const checkCalls = (files: readonly CallFile[], known: Known): readonly Diagnostic[] => [
  ...files.flatMap(({ file, source: text, calls }) => {
    if (calls.length === 0) return []
    const source = sourceOf(file, text)
    return calls.flatMap(call => checkCall(source, call, known))
  }),
  ...callCircles(files, known),
]

const checkCall = (source: Source, call: LoadedCall, { callees, names }: Known): readonly Diagnostic[] => {
  const { runbook, span } = call
  const callee = callees.get(runbook)
  if (callee === undefined) {
    const suggestion = suggestName(runbook, names, 'runbooks')
    return [
      diagnose(source, span, {
        rule: 'unknown-runbook',
        message: `there is no runbook \`${runbook}\``,
        suggestion,
      }),
    ]
  }
  const { callable } = callee
  return callable === undefined ? [] : checkInputs(source, call, callable) // what is wrong with it is said there
}

const checkInputs = (
  source: Source,
  { runbook, span, given }: LoadedCall,
  { inputs }: Callable,
): Diagnostic[] => {
  const known = [...inputs.keys()]
  const find = (at: Span, finding: Finding): Diagnostic => diagnose(source, at, finding)
  const strangers = given.filter(({ key }) => !inputs.has(key))
  const unknown = strangers.map(({ key, keySpan }) =>
    find(keySpan, {
      rule: 'call-unknown-input',
      message: `\`${runbook}\` has no input \`${key}\``,
      suggestion: suggestName(key, known, 'inputs'),
    }),
  )
  const misspelt = new Set(strangers.map(({ key }) => nearest(key, known)))
  const missing = [...inputs]
    .filter(([name, spec]) => spec !== undefined && spec.default === undefined && !misspelt.has(name))
    .filter(([name]) => !given.some(({ key }) => key === name))
    .map(([name]) =>
      find(span, {
        rule: 'call-missing-input',
        message: `\`${runbook}\` needs the input \`${name}\`, and is not given it`,
        suggestion: `write with: { ${name}: … } beside it, or give the input a default there`,
      }),
    )
  return [...unknown, ...missing, ...given.flatMap(one => checkValue(find, one, inputs.get(one.key)))]
}

const checkValue = (
  find: (at: Span, finding: Finding) => Diagnostic,
  { key, span, value }: Given,
  spec: InputSpec | undefined,
): readonly Diagnostic[] => {
  const wrong = spec && ('literal' in value ? wrongLiteral(spec, value.literal) : wrongType(spec, value.type))
  return wrong === undefined ? [] : [find(span, { rule: 'call-type', message: `\`${key}\` ${wrong}` })]
}

const wrongLiteral = (spec: InputSpec, value: Json): string | undefined => {
  const wanted = wrongInputValue(spec, value)
  return wanted === undefined ? undefined : `must be ${wanted}`
}

/** What depends on the value is found when the runbook is called. */
const wrongType = ({ type }: InputSpec, found: string): string | undefined => {
  const { cel, words } = WANTED[type] ?? TEXT
  if (found.startsWith('dyn') || cel.includes(found)) return undefined
  return `must be ${words}, and this is ${describeType({ fields: new Map() }, found)}`
}

type Wanted = { readonly cel: readonly string[]; readonly words: string }

const TEXT: Wanted = { cel: ['string'], words: 'text' }
const WANTED: { readonly [type in InputType]?: Wanted } = {
  number: { cel: ['double', 'int', 'uint'], words: 'a number' },
  boolean: { cel: ['bool'], words: 'true or false' },
  duration: { cel: [DURATION], words: 'a duration' },
}

/** Runbooks that come back to each other for ever; one that hands over is over itself, and may be begun again. */
const callCircles = (files: readonly CallFile[], { callees }: Known): readonly Diagnostic[] => {
  const all = [...new Set([...files, ...callees.values()])] // those that were asked for come first
  const places = new Map(all.map((one, place) => [one, place]))
  const exits = all.map(({ calls }) =>
    calls.flatMap(({ runbook, returns }) => {
      const callee = returns ? callees.get(runbook) : undefined
      const place = callee && places.get(callee)
      return place === undefined ? [] : [place]
    }),
  )
  return circlesOf(exits, [...all.keys()]).flatMap(circle => {
    const first = circle.findIndex(place => place < files.length)
    if (first === -1) return [] // nobody asked for these files
    const turned = [...circle.slice(first), ...circle.slice(0, first)]
    return circleAt(
      turned.flatMap(place => all[place] ?? []),
      callees,
    )
  })
}

/** At the call with which the first of them leads to the second. */
const circleAt = (circle: readonly CallFile[], callees: Known['callees']): readonly Diagnostic[] => {
  const [self, next = self] = circle
  const call = self?.calls.find(({ runbook, returns }) => returns && callees.get(runbook) === next)
  if (self === undefined || call === undefined) return []
  const names = [...circle, self].map(({ callable }) => `\`${callable?.name ?? '?'}\``)
  return [
    diagnose(sourceOf(self.file, self.source), call.span, {
      rule: 'call-circle',
      message: `these runbooks run each other for ever: ${names.join(' → ')}`,
      suggestion: 'let one of them hand over instead: `run` in a choice or a branch does not come back',
    }),
  ]
}
