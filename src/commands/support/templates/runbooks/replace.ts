import { casesText, survey, type Template } from './template.js'
import { WORLD } from './worlds.js'

export const replace: Template = {
  what: 'one proxy is sick: look, replace it, look again, hand over where that does not help',
  runbook: (name, title) => `${survey(name, title)}    on_failure: { goto: replace }
  - id: well
    end: resolved

  - phase: Mitigate
  - id: replace
    title: Replace the worst proxy
    why: If the machine is at fault, the trouble ends with it.
    limit: { visits: 2, then: hand_over } # the third visit goes to \`hand_over\` instead
    action: proxy.replace
    with:
      proxies: \${{ steps.survey.worst }}
    verify:
      again: survey # that check once more
      hold: 60s # once is no proof
      within: 6m
    on_failure: { goto: survey }
  - id: mended
    end: mitigated

  - phase: Escalate
  - id: hand_over
    title: Hand over
    manual: Replacing proxies does not help \${{ inputs.cluster }}. Page the incident commander.
  - id: handed_over
    end: unresolved
`,
  worlds: [WORLD.sick, WORLD.calm, WORLD.moving],
  cases: named =>
    casesText([
      {
        name: 'a sick proxy is replaced, and nothing else',
        scenario: named(WORLD.sick),
        expect:
          '{ outcome: mitigated, steps: { survey: failed, replace: applied, hand_over: not-visited }, score: { healthy_replaced: 0 } }',
      },
      {
        name: 'where nothing is wrong, nothing is done',
        scenario: named(WORLD.calm),
        expect: '{ outcome: resolved, steps: { survey: passed, replace: not-visited } }',
      },
      {
        name: 'what two replacements do not mend is handed over',
        scenario: named(WORLD.moving),
        seed: 1,
        expect:
          '{ outcome: unresolved, steps: { hand_over: done, mended: not-visited }, score: { instances_launched: 2 } }',
      },
    ]),
}
