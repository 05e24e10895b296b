import { casesText, opening, type Template } from './template.js'
import { WORLD } from './worlds.js'

export const announce: Template = {
  what: 'customers are hurt: decide, tell them, call whoever leads, and say how it stands until it is over',
  runbook: (name, title) => `${opening(name, title)}  - phase: Decide
  - id: hurt
    title: Are customers hurt?
    why: How fast to act, and what to say, hangs on it. Where nobody can say, they are.
    ask: "Do customers of \${{ inputs.cluster }} see errors, or wait too long?"
    choices:
      yes: { label: "Yes, or nobody can say", recommended: true, goto: tell }
      no: { label: "No, there is nothing to tell", end: resolved }

  - phase: Tell
  - id: tell
    title: Tell customers
    why: What they hear from us first costs us least.
    manual: "Post on the status page: we see trouble with \${{ inputs.cluster }}, work on it, and say more in 30 minutes."
  - id: escalate
    title: Call whoever leads
    manual: Page the incident commander, and say what customers were told.
  - id: pause
    title: Until the next word is due
    wait: 30m
  - id: over
    title: Is it over?
    ask: "Do customers of \${{ inputs.cluster }} do well again?"
    choices:
      yes: { label: "Yes", recommended: true, goto: all_clear }
      no: { label: "No", goto: update }
  - id: update
    title: Say how it stands
    limit: { visits: 2, then: hand_over } # who leads decides how it goes on
    manual: "Post what is known, what is being done, and that more comes in 30 minutes."
  - id: wait_again
    goto: pause

  - phase: Close
  - id: all_clear
    title: Say that it is over
    manual: "Post that \${{ inputs.cluster }} is well again, since when, and that a report follows."
  - id: told
    end: mitigated
  - id: hand_over
    title: Hand over
    manual: Hand the word to customers over to the incident commander.
  - id: handed_over
    end: unresolved
`,
  worlds: [WORLD.sick],
  cases: named =>
    casesText([
      {
        name: 'customers are told, and told again when it is over',
        scenario: named(WORLD.sick),
        expect:
          '{ outcome: mitigated, steps: { hurt: answered, tell: done, escalate: done, over: answered, update: not-visited, all_clear: done }, score: { minutes: { min: 30 } } }',
      },
      {
        name: 'where nobody is hurt there is nothing to tell',
        scenario: named(WORLD.sick),
        more: ['answers: { hurt: no }'],
        expect: '{ outcome: resolved, steps: { tell: not-visited, escalate: not-visited } }',
      },
      {
        name: 'while it goes on, they hear every half hour how it stands',
        scenario: named(WORLD.sick),
        more: ['answers: { over: [no, yes] }'],
        expect:
          '{ outcome: mitigated, steps: { update: done, wait_again: done, all_clear: done }, score: { minutes: { min: 60 } } }',
      },
      {
        name: 'after two such words it is handed over',
        scenario: named(WORLD.sick),
        more: ['answers: { over: no }'],
        expect:
          '{ outcome: unresolved, steps: { all_clear: not-visited, hand_over: done }, score: { minutes: { min: 90 } } }',
      },
    ]),
}
