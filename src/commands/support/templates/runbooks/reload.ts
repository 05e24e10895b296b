import { casesText, survey, type Template } from './template.js'
import { WORLD } from './worlds.js'

/** A drill starts no program: what the command would do, its tests can only say would be done. */
export const reload: Template = {
  what: 'a service has to read its settings again: look, run one command that the fleet file allows, look again',
  command: ['systemctl', 'reload'],
  runbook: (name, title) => `${survey(name, title)}    on_failure: { goto: reload }
  - id: well
    end: resolved

  - phase: Mitigate
  - id: reload
    title: Let it read its settings again
    why: No connection is lost by it, and settings that did not arrive are the likeliest cause.
    action: command.run
    with:
      argv: [systemctl, reload, haproxy] # no shell reads it; guardrails.commands in the fleet file allows it
      timeout: 30s
    verify:
      again: survey # that check once more
      hold: 60s # once is no proof
      within: 5m
    on_failure: { goto: hand_over }
  - id: better
    title: Did it help?
    ask: Does \${{ inputs.cluster }} do well again?
    choices:
      yes: { label: "Yes, close the incident", recommended: true, end: mitigated }
      no: { label: "No, hand over", goto: hand_over }

  - phase: Escalate
  - id: hand_over
    title: Hand over
    manual: Reloading does not help \${{ inputs.cluster }}. Page the incident commander.
  - id: handed_over
    end: unresolved
`,
  worlds: [WORLD.sick, WORLD.calm],
  cases: named =>
    casesText([
      {
        name: 'where it helps, it is closed',
        scenario: named(WORLD.sick),
        expect:
          '{ outcome: mitigated, steps: { survey: failed, reload: would-change, better: answered, hand_over: not-visited } }',
      },
      {
        name: 'where it does not help, it is handed over',
        scenario: named(WORLD.sick),
        more: ['answers: { better: no }'],
        expect: '{ outcome: unresolved, steps: { reload: would-change, hand_over: done } }',
      },
      {
        name: 'where nothing is wrong, nothing is done',
        scenario: named(WORLD.calm),
        expect: '{ outcome: resolved, steps: { survey: passed, reload: not-visited } }',
      },
    ]),
}
