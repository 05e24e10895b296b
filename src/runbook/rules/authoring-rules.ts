import type { Rules } from './rule.js'

/** What is well written and yet hardly meant. */
export const AUTHORING_RULES = {
  'maybe-unfinished': {
    severity: 'error',
    summary: 'An expression uses the output or outcome of a step that may not have finished',
    why: 'On some way through the runbook that step is skipped, passed by, or ends without an output. There the value is not known, and the incident stops at a question that nobody can answer. Ask with `has(steps.x)` first, or let every way lead through that step.',
    bad: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
  when: inputs.count > 1
- id: page
  manual: The worst is \${{ steps.look.worst }}`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
  when: inputs.count > 1
- id: page
  manual: The worst is \${{ steps.look.worst }}
  when: has(steps.look)`,
  },
  'guardrail-always-refuses': {
    severity: 'error',
    summary: 'A guardrail of the fleet file would refuse this action every time',
    why: 'It would stop in the middle of an incident, at a refusal that was there to be seen before. The fleet file beside the runbook is what is asked: change the one or the other.',
    bad: `- id: restart
  action: command.run
  with: { argv: [reboot] }
  verify: { again: look, within: 1m }
- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }`,
    good: `- id: restart
  action: command.run
  with: { argv: [systemctl, reload, haproxy] }
  verify: { again: look, within: 1m }
- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }`,
  },
  'unused-input': {
    severity: 'warning',
    summary: 'No expression uses this input',
    why: 'The operator is asked for it all the same, and every question costs time. Mostly a step was meant to use it and has a fixed value instead.',
    bad: `runbook: surge
title: Connections surge
inputs:
  cluster: { type: cluster }
steps:
- id: page
  manual: Page the team of us-east-c1
- id: over
  end: unresolved`,
    good: `runbook: surge
title: Connections surge
inputs:
  cluster: { type: cluster }
steps:
- id: page
  manual: Page the team of \${{ inputs.cluster }}
- id: over
  end: unresolved`,
  },
  'on-failure-never': {
    severity: 'warning',
    summary: 'An `on_failure` that can never happen',
    why: 'With `expect: true` a check passes whatever it sees, and with `until: true` a wait is over at once. The way that `on_failure` names is never taken, though the file reads as if it were.',
    bad: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
  expect: true
  on_failure: { goto: over }`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
  expect: size(result.hot) == 0
  on_failure: { goto: over }`,
  },
  'same-trigger': {
    severity: 'warning',
    summary: 'Two runbooks have the same trigger',
    why: 'An alert that fits the one fits the other, and nothing says which of them is meant. Whoever is on call has to know it.',
    bad: `# one.yaml
triggers: [{ alertname: ProxyHot }]
# two.yaml
triggers: [{ alertname: ProxyHot }]`,
    good: `# one.yaml
triggers: [{ alertname: ProxyHot, tier: edge }]
# two.yaml
triggers: [{ alertname: ProxyHot, tier: core }]`,
  },
  'irreversible-unchecked': {
    severity: 'warning',
    summary: 'An action that nothing takes back, before any check has looked',
    why: 'On some way through the runbook this is done on the word of an alert alone. If the alert is wrong, or long over, there is no way back. A check before it looks at the fleet as it is now; a command can be given an `undo`.',
    bad: `- id: reload
  action: command.run
  with: { argv: [systemctl, reload, edge] }`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
- id: reload
  action: command.run
  with: { argv: [systemctl, reload, edge] }`,
  },
  'secret-in-plain-text': {
    severity: 'error',
    summary: 'A credential is written out',
    why: 'Everyone who can read the runbook can use it, and so can everyone who ever gets a copy. Write `{ secret: NAME }`: its value is fetched at the moment of use, and is in no file and no journal. Change the one that was written here.',
    bad: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
- id: tell
  action: http.request
  with:
    method: POST
    url: https://status.example.com/hook
    headers: { authorization: Bearer abcdefghij0123456789 }`,
    good: `- id: look
  check: proxy.connections
  with: { cluster: us-east-c1 }
- id: tell
  action: http.request
  with:
    method: POST
    url: https://status.example.com/hook
    headers: { authorization: { prefix: "Bearer ", secret: status-page } }`,
  },
  'argv-metacharacters': {
    severity: 'warning',
    summary: 'Shell syntax in a command that no shell runs',
    why: 'Each item of `argv` reaches the program as it stands. A pipe, a redirection or a `$(…)` is plain text to it, so the command does something else than it does in a terminal.',
    bad: `- id: count
  action: command.run
  with: { argv: [ss, -t, "| wc -l"], undo: ["true"] }`,
    good: `- id: count
  action: command.run
  with: { argv: [/opt/tools/count-connections], undo: ["true"] }`,
  },
  'branch-changes-nothing': {
    severity: 'warning',
    summary: 'Every entry of a branch leads to the same place',
    why: 'The conditions are evaluated and have no effect. Mostly one entry has the `goto` of another, from copying.',
    bad: `- id: reach
  branch:
    - if: inputs.count > 3
      goto: over
    - goto: over`,
    good: `- id: reach
  branch:
    - if: inputs.count > 3
      end: unresolved
    - goto: over`,
  },
  'unknown-cluster': {
    severity: 'error',
    summary: 'A step or a scenario names a cluster that the fleet file does not have',
    why: 'A check or an action of that cluster would fail in the middle of the incident. A drill simulates the clusters of the fleet file: the machines of any other would belong to nothing, and no check would see them.',
    bad: `clusters:
  us-east-c9: { proxies: 6, shards: 4, connections: 400, limit: 40000 }`,
    good: `clusters:
  us-east-c1: { proxies: 6, shards: 4, connections: 400, limit: 40000 }`,
  },
} as const satisfies Rules
