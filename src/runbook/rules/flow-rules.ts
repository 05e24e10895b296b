import type { Rules } from './rule.js'

/** Where a runbook leads. */
export const FLOW_RULES = {
  'unknown-target': {
    severity: 'error',
    summary: 'There is no such step to go to, look at or reset',
    why: 'Control would have nowhere to go in the middle of an incident. `verify.again` needs a check, and `reset` a step with a `limit`.',
    bad: `- id: on
  goto: ovr`,
    good: `- id: on
  goto: over`,
  },
  'undo-of-nothing': {
    severity: 'error',
    summary: 'A step that changes nothing would be undone where it fails',
    why: 'A check, a manual step and a wait have nothing of their own to take back. Whoever reads the file will believe that the action before them is taken back, and it would stay.',
    bad: `- id: page
  manual: Page
  on_failure: undo`,
    good: `- id: page
  manual: Page
  on_failure: abort`,
  },
  'unreachable-step': {
    severity: 'warning',
    summary: 'No step leads here',
    why: 'This step is never run, though whoever reads the file will believe that it is. Mostly the step above leads elsewhere, or a `goto` is missing.',
    bad: `- id: on
  goto: over
- id: pause
  wait: 2m`,
    good: `- id: pause
  wait: 2m
- id: on
  goto: over`,
  },
  'falls-off-the-end': {
    severity: 'error',
    summary: 'After this step nothing follows',
    why: 'The incident would be over without anybody having said how it ended. Every way leads to an `end`, which states it.',
    bad: `runbook: surge
title: Connections surge
steps:
- id: pause
  wait: 2m`,
    good: `runbook: surge
title: Connections surge
steps:
- id: pause
  wait: 2m
- id: over
  end: resolved`,
  },
  'never-ends': {
    severity: 'error',
    summary: 'From here no way leads to an `end`',
    why: 'The steps lead in a circle for ever. A choice, a branch or a limit must lead out of it.',
    bad: `- id: pause
  wait: 2m
- id: back
  goto: pause`,
    good: `- id: pause
  limit: { visits: 5, then: over }
  wait: 2m
- id: back
  goto: pause`,
  },
  'hot-loop': {
    severity: 'error',
    summary: 'Nothing slows a circle of steps down',
    why: 'It would run as fast as the machine can, and ask the control planes as often. Put a `wait` on it, or a `limit` whose `then` leads out of it.',
    bad: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
  on_failure: { goto: look }`,
    good: `- id: pause
  wait: 30s
- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
  on_failure: { goto: pause }`,
  },
  'no-verify': {
    severity: 'warning',
    summary: 'Nothing looks whether this action helped',
    why: 'That an action was done is no proof that it helped. With `verify` a check looks again until it has held, and the action fails where it does not.',
    bad: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
- id: out
  action: proxy.drain
  with: { proxies: "\${{ steps.look.worst }}" }`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
- id: out
  action: proxy.drain
  with: { proxies: "\${{ steps.look.worst }}" }
  verify: { again: look, hold: 60s, within: 5m }`,
  },
  'branch-default-last': {
    severity: 'error',
    summary: 'A branch ends with one entry without `if`',
    why: 'The first entry that is true is taken. Without a default nothing follows where none is; a default that is not last hides those after it.',
    bad: `- id: reach
  branch:
    - if: inputs.count > 3
      goto: over`,
    good: `- id: reach
  branch:
    - if: inputs.count > 3
      goto: over
    - end: mitigated`,
  },
  'two-recommended': {
    severity: 'error',
    summary: 'Two choices are recommended',
    why: 'The recommended choice is what a drill takes by itself, and what the operator sees first. There can be one.',
    bad: `- id: close
  ask: Is it over?
  choices:
    yes: { label: Yes, recommended: true, end: resolved }
    no: { label: No, recommended: true, end: unresolved }`,
    good: `- id: close
  ask: Is it over?
  choices:
    yes: { label: Yes, recommended: true, end: resolved }
    no: { label: No, end: unresolved }`,
  },
  'no-recommended-choice': {
    severity: 'warning',
    summary: 'No choice is recommended',
    why: 'A drill cannot play this step by itself, so the runbook cannot be rehearsed to its end. And an operator at night gets no advice.',
    bad: `- id: close
  ask: Is it over?
  choices:
    yes: { label: Yes, end: resolved }
    no: { label: No, end: unresolved }`,
    good: `- id: close
  ask: Is it over?
  choices:
    yes: { label: Yes, recommended: true, end: resolved }
    no: { label: No, end: unresolved }`,
  },
  'choice-name': {
    severity: 'error',
    summary: 'The name of a choice cannot be typed, or not told from another',
    why: 'An operator takes a choice by typing its name. One with other characters than letters, digits, _ and - may be read as something else. Two that differ only in case are the same word in a hurry.',
    bad: `- id: which
  ask: Go on?
  choices:
    "yes!": { label: Go on, recommended: true }
    stop: { label: Stop, end: unresolved }`,
    good: `- id: which
  ask: Go on?
  choices:
    yes: { label: Go on, recommended: true }
    stop: { label: Stop, end: unresolved }`,
  },
  'choice-hides-verb': {
    severity: 'warning',
    summary: 'A choice is called like something that an operator types',
    why: 'At every question an operator can also type words such as `skip`, `note` or `abort`. Where a choice has one of these names, typing it takes the choice, and the other thing cannot be done there.',
    bad: `- id: which
  ask: Go on?
  choices:
    go_on: { label: Go on, recommended: true }
    abort: { label: Stop here, end: unresolved }`,
    good: `- id: which
  ask: Go on?
  choices:
    go_on: { label: Go on, recommended: true }
    stop: { label: Stop here, end: unresolved }`,
  },
  'choice-changes-nothing': {
    severity: 'warning',
    summary: 'Two choices lead the same way',
    why: 'The operator is made to decide, and the decision has no effect. It is fine where a later expression looks at the answer.',
    bad: `- id: close
  ask: Is it over?
  choices:
    yes: { label: Yes, recommended: true, end: resolved }
    sure: { label: Surely, end: resolved }`,
    good: `- id: close
  ask: Is it over?
  choices:
    yes: { label: Yes, recommended: true, end: resolved }
    no: { label: No, end: unresolved }`,
  },
} as const satisfies Rules
