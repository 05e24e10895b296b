import type { Rules } from './rule.js'

/** What YAML would read as something else than what stands there. */
export const YAML_RULES = {
  'yaml-syntax': {
    severity: 'error',
    summary: 'YAML cannot read this',
    why: 'Mostly the indentation does not fit, a quote is not closed, or a value begins with a sign that YAML keeps for itself. What follows cannot be read with certainty, so later findings wait for this one.',
    bad: `- id: page
  manual: "Page the team`,
    good: `- id: page
  manual: "Page the team"`,
  },
  'yaml-colon': {
    severity: 'error',
    summary: 'A colon and a blank make a map of a text',
    why: 'YAML takes `: ` for the end of a key, anywhere in a line without quotes. The text that was meant is then a key with a value, and half of it is gone.',
    bad: `- id: page
  manual: Page the team: it is urgent`,
    good: `- id: page
  manual: 'Page the team: it is urgent'`,
  },
  'yaml-dash': {
    severity: 'error',
    summary: 'A dash without a blank after it begins no entry of a list',
    why: 'YAML takes `-id` for one word, which is then the name of a key. The list would end there, and all that follows cannot be read.',
    bad: `- id: page
  manual: Page
-id: call
  manual: Call`,
    good: `- id: page
  manual: Page
- id: call
  manual: Call`,
  },
  'yaml-comment': {
    severity: 'error',
    summary: 'A `#` after a blank cuts the expression off',
    why: 'YAML takes everything after ` #` for a comment, even inside the quotes of an expression, as they are not quotes of YAML. What is left of the expression is broken, or means something else.',
    bad: `- id: page
  manual: Page
  when: incident.id == "a #1"`,
    good: `- id: page
  manual: Page
  when: 'incident.id == "a #1"'`,
  },
  'yaml-tag': {
    severity: 'error',
    summary: 'A `!` at the front of a value is a tag to YAML',
    why: 'YAML drops the word after the `!`, and what is left is an empty value. A condition such as `!has(…)` would be gone in silence.',
    bad: `- id: page
  manual: Page
  when: !has(steps.page)`,
    good: `- id: page
  manual: Page
  when: '!has(steps.page)'`,
  },
  'yaml-template': {
    severity: 'error',
    summary: 'Inside { } and [ ], a `${{ }}` needs quotes',
    why: 'Braces and brackets are YAML syntax. Between them YAML takes the braces of the expression for its own, and reads maps where there was an expression.',
    bad: `- id: look
  check: proxy.connections
  with: { cluster: \${{ inputs.cluster }} }`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: "\${{ inputs.cluster }}" }`,
  },
  'yaml-alias': {
    severity: 'error',
    summary: 'A `*name` repeats something that is not there',
    why: 'A `*` at the front of a value stands for an anchor `&name` further up. Without one nothing can be put in its place; as text it needs quotes.',
    bad: `- id: page
  manual: *urgent`,
    good: `- id: page
  manual: '*urgent'`,
  },
  'yaml-merge': {
    severity: 'error',
    summary: 'Merge keys (`<<`) are not part of the format',
    why: 'With a merge key a step says less than it does, and who reads it at night has to look elsewhere. Written out, each step can be read alone.',
    bad: `- <<: { wait: 2m }
  id: pause`,
    good: `- id: pause
  wait: 2m`,
  },
  'yaml-key': {
    severity: 'error',
    summary: 'A key must be a plain word',
    why: 'YAML allows lists, maps and aliases as keys. No key of a runbook is one, so it is mostly a bracket or a `?` in the wrong place.',
    bad: `- [id]: pause
  wait: 2m`,
    good: `- id: pause
  wait: 2m`,
  },
  'reserved-key': {
    severity: 'error',
    summary: 'This key would reach into the program itself',
    why: 'JavaScript gives `__proto__`, `constructor` and `prototype` a meaning of their own. No runbook needs them, so they are refused everywhere.',
    bad: `- id: pause
  wait: 2m
  __proto__: x`,
    good: `- id: pause
  wait: 2m`,
  },
  'duplicate-key': {
    severity: 'error',
    summary: 'A key stands twice in one map',
    why: 'Only one of the two can count, and which one it is differs between YAML readers. Often two steps have run together because a dash is missing.',
    bad: `- id: pause
  wait: 2m
  wait: 5m`,
    good: `- id: pause
  wait: 5m`,
  },
  'yaml-number': {
    severity: 'error',
    summary: 'YAML reads this as a number and loses a part of it',
    why: 'Leading zeros and digits beyond the sixteenth are lost when text is read as a number. Account ids and shard names look like that, and a wrong one names another thing.',
    bad: `- id: look
  check: proxy.connections
  with: { cluster: 007 }`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: "007" }`,
  },
  'yaml-value': {
    severity: 'error',
    summary: 'A value is no text, number, true, false or nothing',
    why: 'Everything in a runbook is written to the journal as JSON, which has no other values. What cannot be written down exactly could not be resumed from.',
    bad: 'a value of a type that only some YAML readers know, such as a date',
    good: 'the same value in quotes, as text',
  },
  'yaml-control': {
    severity: 'error',
    summary: 'The text has a control character in it',
    why: 'Such characters can steer a terminal: hide a line, or change one that was shown. What an operator agrees to must be what stands there.',
    bad: `- id: page
  manual: "Page the \\e[8mteam"`,
    good: `- id: page
  manual: "Page the team"`,
  },
  'yaml-documents': {
    severity: 'error',
    summary: 'One file holds one document',
    why: 'A line `---` begins a second document, and all that follows it would be left out. Two runbooks are two files.',
    bad: `- id: pause
  wait: 2m
---
- id: gone
  wait: 2m`,
    good: `- id: pause
  wait: 2m`,
  },
  'yaml-directive': {
    severity: 'error',
    summary: 'A `%YAML` line changes how the rest is read',
    why: 'In YAML 1.1, `no` and `off` are false and `12:30` is a number. Files are read as YAML 1.2, so that a word stays a word.',
    bad: `%YAML 1.1
---
runbook: surge
title: Connections surge
steps:
- id: over
  end: resolved`,
    good: `runbook: surge
title: Connections surge
steps:
- id: over
  end: resolved`,
  },
  'yaml-too-deep': {
    severity: 'error',
    summary: 'Maps and lists are nested too deep',
    why: 'No runbook needs more than a few levels. So many are mostly brackets that are not closed, or a file that was made to be slow to read.',
    bad: '[[[[ … more than 60 levels … ]]]]',
    good: 'lists and maps of a few levels',
  },
  'yaml-too-large': {
    severity: 'error',
    summary: 'The file has more lines, values or brackets than any runbook',
    why: 'Aliases of aliases can unfold a short file to millions of values. Reading it would take longer than the incident, so it is refused by its size.',
    bad: 'aliases of aliases, or more than 20,000 lines',
    good: 'the steps written out; two runbooks, if they are many',
  },
} as const satisfies Rules
