import { casesText, survey, type Template } from './template.js'
import { WORLD } from './worlds.js'

/** A drill sends nothing to anybody: that it would be sent is all that its tests can say. */
export const webhook: Template = {
  what: 'another system mends it: look, decide, ask that system by one HTTP request, look whether it helped',
  runbook: (name, title) => `${survey(name, title)}    on_failure: { goto: worth_it }
  - id: well
    end: resolved

  - phase: Mitigate
  - id: worth_it
    title: Shall the other system step in?
    ask: "A proxy of \${{ inputs.cluster }} is not as the others. Shall the other system step in?"
    choices:
      send: { label: "Yes, ask it to", recommended: true, goto: send }
      wait: { label: "No, not yet", end: unresolved }
  - id: send
    title: Ask the other system to step in
    why: It cannot be called back once it is sent.
    action: http.request
    with:
      method: POST
      url: https://traffic.example.com/shift # yours
      headers:
        authorization: { prefix: "Bearer ", secret: traffic_token } # by name: it stands in no file and no record
      body:
        cluster: \${{ inputs.cluster }}
        away_from: \${{ steps.survey.worst }}
    verify:
      again: survey # that check once more
      hold: 60s # once is no proof
      within: 10m
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
    manual: The other system does not help \${{ inputs.cluster }}. Page whoever runs it, and the incident commander.
  - id: handed_over
    end: unresolved
`,
  worlds: [WORLD.sick, WORLD.calm],
  cases: named =>
    casesText([
      {
        name: 'what stands out is sent, and closed where it helps',
        scenario: named(WORLD.sick),
        expect:
          '{ outcome: mitigated, steps: { survey: failed, worth_it: answered, send: would-change, better: answered } }',
      },
      {
        name: 'where it does not help, it is handed over',
        scenario: named(WORLD.sick),
        more: ['answers: { better: no }'],
        expect: '{ outcome: unresolved, steps: { send: would-change, hand_over: done } }',
      },
      {
        name: 'what can wait is not sent',
        scenario: named(WORLD.sick),
        more: ['answers: { worth_it: wait }'],
        expect: '{ outcome: unresolved, steps: { send: not-visited, hand_over: not-visited } }',
      },
      {
        name: 'where nothing is wrong, nobody is asked',
        scenario: named(WORLD.calm),
        expect: '{ outcome: resolved, steps: { survey: passed, send: not-visited } }',
      },
    ]),
}
