import type { Rules } from './rule.js'

/** Keys and values of a file, and what makes a step a step. */
export const SHAPE_RULES = {
  'unknown-key': {
    severity: 'error',
    summary: 'There is no such key here',
    why: 'A misspelt key would be left out in silence: a `whn` guards nothing. So every key must be known.',
    bad: `- id: pause
  wait: 2m
  titel: Let it settle`,
    good: `- id: pause
  wait: 2m
  title: Let it settle`,
  },
  'missing-key': {
    severity: 'error',
    summary: 'A key that is needed here is missing',
    why: 'Without it the file does not say what to do. Nothing sensible could be put in its place, so nothing is.',
    bad: `runbook: surge
steps:
- id: over
  end: resolved`,
    good: `runbook: surge
title: Connections surge
steps:
- id: over
  end: resolved`,
  },
  'bad-key': {
    severity: 'error',
    summary: 'A key in this map must be written in another way',
    why: 'Keys of this map are names that you choose, and they are used elsewhere. This one could not be used there.',
    bad: `- id: close
  ask: Close?
  choices:
    "": { label: Close, recommended: true, end: resolved }`,
    good: `- id: close
  ask: Close?
  choices:
    yes: { label: Close, recommended: true, end: resolved }`,
  },
  'wrong-type': {
    severity: 'error',
    summary: 'A value is of another type than this key takes',
    why: 'A number, a text, a list and a map are different things to YAML, however alike they look. A duration without its unit could be seconds or minutes, so it is not guessed.',
    bad: `- id: pause
  wait: 120`,
    good: `- id: pause
  wait: 120s`,
  },
  'bad-value': {
    severity: 'error',
    summary: 'A value is of the right type and cannot be used',
    why: 'It is out of range, is none of the known words, or contradicts another key. The message says which.',
    bad: `- id: over_now
  end: done`,
    good: `- id: over_now
  end: resolved`,
  },
  'missing-id': {
    severity: 'error',
    summary: 'A step has no `id`',
    why: 'The journal, `goto` and expressions name steps by their id. A place in the list would not do: it changes when the runbook does.',
    bad: '- wait: 2m',
    good: `- id: pause
  wait: 2m`,
  },
  'bad-id': {
    severity: 'error',
    summary: 'This name cannot be used in expressions',
    why: 'A step is `steps.name` in expressions and an input is `inputs.name`. So a name has lower case letters, digits and _ only, and is no word that expressions keep for themselves.',
    bad: `- id: Look-Again
  wait: 2m`,
    good: `- id: look_again
  wait: 2m`,
  },
  'duplicate-id': {
    severity: 'error',
    summary: 'Two steps have one id',
    why: 'A `goto` to that id could mean either of them, and so could the journal. Often a step was copied and only half changed.',
    bad: `- id: pause
  wait: 2m
- id: pause
  wait: 5m`,
    good: `- id: pause
  wait: 2m
- id: pause_longer
  wait: 5m`,
  },
  'missing-kind': {
    severity: 'error',
    summary: 'A step does nothing: it has no kind',
    why: 'The kind of a step is the key that says what it does: `check`, `action`, `ask`, `manual`, `branch`, `notify`, `wait`, `goto`, `end`, `parallel`, `each` or `run`. This one has none of them.',
    bad: `- id: pause
  title: Let it settle`,
    good: `- id: pause
  title: Let it settle
  wait: 2m`,
  },
  'unknown-kind': {
    severity: 'error',
    summary: 'There is no such kind of step',
    why: 'The kind of a step is the key that says what it does. This key is near to one, or is one of another tool.',
    bad: `- id: pause
  sleep: 2m`,
    good: `- id: pause
  wait: 2m`,
  },
  'two-kinds': {
    severity: 'error',
    summary: 'A step has two kinds',
    why: 'The file does not say which of the two comes first, or what follows if one fails. Two steps do.',
    bad: `- id: pause
  wait: 2m
  goto: over`,
    good: `- id: pause
  wait: 2m
- id: on
  goto: over`,
  },
  'misplaced-key': {
    severity: 'error',
    summary: 'This key belongs to another kind of step',
    why: 'It would have no effect here. That it stands here means that somebody counts on it.',
    bad: `- id: pause
  wait: 2m
  on_failure: continue`,
    good: `- id: pause
  wait: 2m`,
  },
  'not-yet': {
    severity: 'error',
    summary: 'The language has this, and this version does not run it',
    why: 'A runbook that needs it would stop in the middle of an incident. So it is refused before the first step.',
    bad: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
- id: out
  action: proxy.drain
  with: { proxies: "\${{ steps.look.worst }}" }
  verify: { again: look, within: 5m }
  approve: peer`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
- id: out
  action: proxy.drain
  with: { proxies: "\${{ steps.look.worst }}" }
  verify: { again: look, within: 5m }
  approve: typed`,
  },
  'unknown-check': {
    severity: 'error',
    summary: 'There is no such check',
    why: 'Checks are part of the program, each with a name of its own. A check of another name would look at nothing.',
    bad: `- id: look
  check: proxy.conections
  with: { cluster: us-east-c1 }`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }`,
  },
  'unknown-action': {
    severity: 'error',
    summary: 'There is no such action',
    why: 'Actions are part of the program, because each one knows its plan, its limits and its way back. A shell line has none of these.',
    bad: `- id: out
  action: proxy.remove
  with: { proxies: [p1] }`,
    good: `- id: out
  action: proxy.drain
  with: { proxies: [p1] }`,
  },
  'duplicate-runbook': {
    severity: 'error',
    summary: 'Two runbooks have one name',
    why: 'A runbook is started by its name. With two of them nobody can say which one will run.',
    bad: `# one.yaml
runbook: surge
# two.yaml
runbook: surge`,
    good: `# one.yaml
runbook: surge
# two.yaml
runbook: surge-of-writes`,
  },
} as const satisfies Rules
