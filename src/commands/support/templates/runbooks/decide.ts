import { casesText, survey, type Template } from './template.js'
import { WORLD } from './worlds.js'

export const decide: Template = {
  what: 'look, and let the operator decide',
  runbook: (name, title) => `${survey(name, title)}    on_failure: { goto: worth_it }
  - id: well
    end: resolved

  - phase: Decide
  - id: worth_it
    title: Does somebody have to act?
    ask: "The worst proxy of \${{ inputs.cluster }} is not as the others. Does somebody have to act?"
    choices:
      call: { label: Hand over, recommended: true, goto: hand_over }
      watch: { label: It can wait, end: unresolved }

  - phase: Escalate
  - id: hand_over
    title: Hand over
    manual: Page the incident commander for \${{ inputs.cluster }}.
  - id: handed_over
    end: mitigated
`,
  worlds: [WORLD.sick, WORLD.calm],
  cases: named =>
    casesText([
      {
        name: 'what stands out is handed over',
        scenario: named(WORLD.sick),
        expect: '{ outcome: mitigated, steps: { survey: failed, worth_it: answered, hand_over: done } }',
      },
      {
        name: 'what can wait is left as it is',
        scenario: named(WORLD.sick),
        more: ['answers: { worth_it: watch }'],
        expect: '{ outcome: unresolved, steps: { hand_over: not-visited } }',
      },
      {
        name: 'where nothing is wrong, nobody is asked',
        scenario: named(WORLD.calm),
        expect: '{ outcome: resolved, steps: { survey: passed, worth_it: not-visited } }',
      },
    ]),
}
