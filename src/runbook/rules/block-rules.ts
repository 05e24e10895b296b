import type { Rules } from './rule.js'

/** Steps that stand in other steps. */
export const BLOCK_RULES = {
  'outside-block': {
    severity: 'error',
    summary: 'This leads out of the steps of a `parallel` or an `each`, or into them',
    why: 'Steps in a step are run in a frame of their own, and others may be at work beside it. Control that left it, or came from outside, would belong to no frame. What follows is decided after the step that they stand in.',
    bad: `- id: both
  parallel:
    left:
      - id: pause
        wait: 1m
      - id: away
        goto: over
    right:
      - id: tell
        notify: We are on it`,
    good: `- id: both
  parallel:
    left:
      - id: pause
        wait: 1m
    right:
      - id: tell
        notify: We are on it
- id: away
  goto: over`,
  },
  'end-in-block': {
    severity: 'error',
    summary: 'The incident would end, or be handed over, while others are at work',
    why: 'Steps in a `parallel` or an `each` go on side by side. An end in one of them would leave the others in the middle of a change. Let the list run off its last step, and end after the step around it.',
    bad: `- id: both
  parallel:
    left:
      - id: pause
        wait: 1m
      - id: done
        end: mitigated
    right:
      - id: tell
        notify: We are on it`,
    good: `- id: both
  parallel:
    left:
      - id: pause
        wait: 1m
    right:
      - id: tell
        notify: We are on it
- id: done
  end: mitigated`,
  },
  'phase-in-block': {
    severity: 'error',
    summary: 'A phase begins inside a step',
    why: 'A phase is a heading over the steps of the runbook, one after the other. Inside a `parallel` or an `each` several would be open at once.',
    bad: `- id: both
  parallel:
    left:
      - phase: Watch
      - id: pause
        wait: 1m
    right:
      - id: tell
        notify: We are on it`,
    good: `- phase: Watch
- id: both
  parallel:
    left:
      - id: pause
        wait: 1m
    right:
      - id: tell
        notify: We are on it`,
  },
  'blocks-too-deep': {
    severity: 'error',
    summary: 'Steps stand in steps more than four levels deep',
    why: 'Whoever works through it at night could not say any more where they are. A part that is so deep is a procedure by itself: a runbook of its own, which a `run` step calls.',
    bad: `- id: one
  each: [a, b]
  as: a1
  steps:
    - id: two
      each: [a, b]
      as: a2
      steps:
        - id: three
          each: [a, b]
          as: a3
          steps:
            - id: four
              each: [a, b]
              as: a4
              steps:
                - id: five
                  each: [a, b]
                  as: a5
                  steps:
                    - id: tell
                      notify: \${{ a5 }}`,
    good: `- id: one
  each: [a, b]
  as: a1
  steps:
    - id: two
      each: [a, b]
      as: a2
      steps:
        - id: three
          each: [a, b]
          as: a3
          steps:
            - id: four
              each: [a, b]
              as: a4
              steps:
                - id: tell
                  notify: \${{ a4 }}`,
  },
} as const satisfies Rules
