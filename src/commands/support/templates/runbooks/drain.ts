import { casesText, survey, type Template } from './template.js'
import { WORLD } from './worlds.js'

export const drain: Template = {
  what: 'one proxy has to rest: stop accepting on it, wait until the others do well without it, bring it back',
  runbook: (name, title) => `${survey(name, title)}    on_failure: { goto: drain }
  - id: well
    end: resolved

  - phase: Mitigate
  - id: drain
    title: Stop accepting on the worst proxy
    why: Nobody is cut off; who connects anew is served by the others.
    action: proxy.drain
    with:
      proxies: \${{ steps.survey.worst }} # or one that you name: [\${{ inputs.proxy }}]
    verify:
      again: survey # that check once more
      hold: 60s # once is no proof
      within: 30m # open connections leave slowly
    on_failure: { goto: hand_over }
  - id: answering
    title: See that every proxy answers
    why: One that does not answer cannot be told to accept again.
    check: proxy.connections
    with:
      cluster: \${{ inputs.cluster }}
    expect: size(result.unseen) == 0
  - id: rested
    title: Is it fit to come back?
    ask: "The others do well without it. Is what ailed it mended?"
    choices:
      back: { label: "Yes, accept on it again", recommended: true, goto: enable }
      leave: { label: "No, leave it as it is", goto: hand_over }
  - id: enable
    title: Accept on it again
    action: proxy.enable
    with:
      proxies: \${{ steps.drain.drained.map(one, one.proxy) }} # what was really drained, and no other
    verify:
      again: answering
      hold: 2m # that it comes back is no proof that it stays
      within: 10m
  - id: back_in_service
    end: mitigated

  - phase: Escalate
  - id: hand_over
    title: Hand over
    manual: A proxy of \${{ inputs.cluster }} is not fit to serve. Page the incident commander.
  - id: handed_over
    end: unresolved
`,
  worlds: [WORLD.sick, WORLD.calm, WORLD.stuck],
  cases: named =>
    casesText([
      {
        name: 'a proxy rests, and comes back',
        scenario: named(WORLD.sick),
        expect:
          '{ outcome: mitigated, steps: { survey: failed, drain: applied, answering: passed, rested: answered, enable: applied }, score: { connections_cut: 0, minutes: { min: 28 } } }',
      },
      {
        name: 'one that is not mended stays out of service',
        scenario: named(WORLD.sick),
        more: ['answers: { rested: leave }'],
        expect: '{ outcome: unresolved, steps: { drain: applied, enable: not-visited, hand_over: done } }',
      },
      {
        name: 'one that goes on accepting is handed over',
        scenario: named(WORLD.stuck),
        expect: '{ outcome: unresolved, steps: { drain: failed, enable: not-visited, hand_over: done } }',
      },
      {
        name: 'where nothing is wrong, nothing is done',
        scenario: named(WORLD.calm),
        expect: '{ outcome: resolved, steps: { survey: passed, drain: not-visited } }',
      },
    ]),
}
