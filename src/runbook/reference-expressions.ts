import type { StepOutcome } from '../domain/event.js'
import { code, markdownTable, prose } from '../domain/markdown.js'
import { STEP_KIND, type StepKind } from '../domain/runbook.js'
import { WORDS } from './expressions/check-words.js'

/** What expressions can say, which no schema of a key has. */
export const expressionParts = (): readonly string[] => [
  '## Expressions',
  prose(
    'Expressions are CEL. They stand bare in `if`, `when`, `expect` and `until`, and in `${{ }}` in texts and in `with`. One that stands alone in `${{ }}` keeps its type; with text around it, it becomes text. `title`, `why` and `to` take no expressions: they are shown before anything is evaluated.',
  ),
  '### Names',
  markdownTable(
    ['name', 'what it holds'],
    NAMES.map(([name, what]) => [code(name), prose(what)]),
  ),
  '### Outcomes',
  prose('How the last visit of a step ended, as `outcome("id")` says it.'),
  markdownTable(
    ['kind', '`outcome("id")`'],
    Object.values(STEP_KIND).map(kind => [code(kind), OUTCOMES[kind].map(code).join(', ')]),
  ),
  prose(
    'Every kind can also be `skipped`; `undone`, where it was taken back; `failed`, where an expression of it could not be evaluated; and in a rehearsal `inconclusive`, where that cannot be known.',
  ),
  '### What may be missing',
  prose(
    'A step that was skipped, or not reached yet, has no output. `has(steps.look)` says whether it is there, and protects what follows it: `has(steps.look) && steps.look.median > 3`. In the same way `visits("look") > 0` comes before `outcome("look")`.',
  ),
  prose(
    'In an `each` a step may be missing for one item and there for another. From outside one writes `steps.many.items.filter(one, has(one.look))`, and what is made of it can look at `one.look`.',
  ),
]

const OUTCOMES: { readonly [kind in StepKind]: readonly StepOutcome[] } = {
  check: ['passed', 'failed', 'inconclusive'],
  action: ['applied', 'unchanged', 'failed', 'declined', 'refused', 'undone', 'would-change'],
  ask: ['answered'],
  manual: ['done', 'failed', 'would-change'],
  branch: ['done'],
  notify: ['done', 'would-change'],
  wait: ['done', 'failed', 'inconclusive'],
  goto: ['done'],
  end: ['done'],
  parallel: ['done', 'failed', 'undone'],
  each: ['done', 'failed', 'undone'],
  run: ['done', 'failed', 'undone'],
}

const words = (known: readonly string[]): string => known.map(word => `\`"${word}"\``).join(' or ')

const NAMES: readonly (readonly [name: string, what: string])[] = [
  ['inputs.name', 'The value of an input, in its type; a duration is one that can be compared with another'],
  ['steps.id', 'The output of a step, as below its check or action; of an `ask` it is `{ choice }`'],
  [
    'result',
    'The output of the check itself in its `expect`, and of the check that `again` names in an `until`; known nowhere else',
  ],
  ['outcome("id")', 'How the last visit of that step ended: one of the words below'],
  ['visits("id")', 'How often that step has been entered; 0 where it never was'],
  ['posture', `How much may be risked: ${words(WORDS.posture)}`],
  ['impact', 'The `severity` of the runbook, such as `"sev2"`; empty text where it has none'],
  ['elapsed', 'Time since the incident was opened: `elapsed > duration("5m")`'],
  ['incident.id', 'The id of the incident, as text'],
  ['mode.fleet', `${words(WORDS['mode.fleet'])}: is it a drill?`],
  ['mode.effects', `${words(WORDS['mode.effects'])}: does anything happen, or is it a rehearsal?`],
  ['has(steps.id.field)', 'Is that there? It takes a path, and never fails'],
  ['size(x)', 'How many there are in a list or a map, or how long a text is'],
  ['duration("5m")', 'A length of time, written with `h`, `m`, `s` and `ms`'],
]
