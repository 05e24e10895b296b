import type { Rules } from './rule.js'

/** Runbooks that lead to other ones. Nothing of it is found in one file alone. */
export const CALL_RULES = {
  'unknown-runbook': {
    severity: 'error',
    summary: 'There is no runbook of that name to run, to hand over to, or to rehearse',
    why: 'The incident would stop where it should go on, and a drill would rehearse nothing. A runbook is looked for among the files that are checked, beside the file that names it, and in the folder of the runbooks; for a scenario, in the folder above.',
    bad: `- id: wide
  run: cluster-wide-degradatoin`,
    good: `- id: wide
  run: cluster-wide-degradation`,
  },
  'call-unknown-input': {
    severity: 'error',
    summary: 'A runbook is given an input that it does not have',
    why: 'The value would be given to nobody. Mostly the name is misspelt, or the other runbook has changed since.',
    bad: `- id: wide
  run: cluster-wide-degradation
  with: { clustr: us-east-c1 }`,
    good: `- id: wide
  run: cluster-wide-degradation
  with: { cluster: us-east-c1 }`,
  },
  'call-missing-input': {
    severity: 'error',
    summary: 'A runbook is not given an input that it needs',
    why: 'An input without a default is needed before the first step, and in the middle of an incident nobody should have to look it up. What leads to the runbook knows it, and gives it on.',
    bad: `- id: wide
  run: cluster-wide-degradation`,
    good: `- id: wide
  run: cluster-wide-degradation
  with: { cluster: us-east-c1 }`,
  },
  'call-type': {
    severity: 'error',
    summary: 'A runbook is given a value that its input cannot have',
    why: 'The other runbook counts on the type that its input states: a number, a duration, one of its options. With anything else it would be refused where it is needed.',
    bad: `- id: wide
  run: cluster-wide-degradation
  with: { cluster: us-east-c1, patience: 5 }`,
    good: `- id: wide
  run: cluster-wide-degradation
  with: { cluster: us-east-c1, patience: 5m }`,
  },
  'call-circle': {
    severity: 'error',
    summary: 'Runbooks run each other in a circle',
    why: 'Each would wait for the next one to come back, and none ever does. Where an incident may go round, hand over with `run` in a choice or a branch: then the one before is over.',
    bad: `# one.yaml
- id: wide
  run: two
# two.yaml
- id: narrow
  run: one`,
    good: `# one.yaml
- id: wide
  run: two
# two.yaml
- id: narrow
  branch:
    - if: inputs.count > 3
      run: one
    - end: resolved`,
  },
} as const satisfies Rules
