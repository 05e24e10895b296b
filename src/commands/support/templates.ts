/** What a new runbook begins as: the files of one incident type. Each is right as it stands, and is there to be changed. */
export type Template = {
  readonly what: string
  readonly runbook: (name: string, title: string) => string
  /** The cases of its tests. */
  readonly cases: (name: string) => string
}

const head = (name: string, title: string): string => `# yaml-language-server: $schema=./runbook.schema.json
runbook: ${name}
title: ${JSON.stringify(title)}
inputs:
  cluster:
    type: cluster
    ask: Which cluster is affected?
steps:
  - phase: Assess
  - id: survey
    title: Compare connections across all proxies
    why: What one proxy has and the others do not is a machine or a few clients; what all have is the network.
    check: proxy.connections
    with:
      cluster: \${{ inputs.cluster }}
    expect: size(result.hot) == 0 && size(result.unseen) == 0
`

const replace = (name: string, title: string): string => `${head(name, title)}    on_failure: { goto: replace }
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
`

const ask = (name: string, title: string): string => `${head(name, title)}    on_failure: { goto: worth_it }
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
`

const oneCase = (name: string, what: string, expected: string): string => `  - name: ${what}
    scenario: ${name}
    seed: 3
    expect: ${expected}
`

export const TEMPLATES: { readonly [name: string]: Template } = {
  replace: {
    what: 'one proxy is sick: look, replace it, look again, hand over where that does not help',
    runbook: replace,
    cases: name =>
      oneCase(
        name,
        'a sick proxy is replaced, and nothing else',
        '{ outcome: mitigated, steps: { replace: applied, hand_over: not-visited }, score: { healthy_replaced: 0 } }',
      ),
  },
  ask: {
    what: 'look, and let the operator decide',
    runbook: ask,
    cases: name =>
      oneCase(
        name,
        'what stands out is handed over',
        '{ outcome: mitigated, steps: { survey: failed, hand_over: done } }',
      ),
  },
}

export const testsFor = (name: string, { cases }: Template): string => `runbook: ${name}
cases:
${cases(name)}`

/** The world that its first drill is played in: one proxy of six is sick. */
export const scenarioFor = (name: string, title: string, cluster: string): string => `scenario: ${name}
title: ${JSON.stringify(title)}
runbook: ${name}
inputs: { cluster: ${cluster} }
clusters:
  ${cluster}:
    proxies: 6
    shards: 4
    connections: 400 # per proxy, on a calm day
    limit: 4000 # maxconn of one proxy
faults:
  - kind: hot-host # sticks to the machine: whoever serves from it is hot
    cluster: ${cluster}
    role: proxy # which one, the seed chooses
    begins: { from: -4m, to: -1m } # before the alert that starts the drill
    factor: { from: 4, to: 9 } # times the calm connections, once fully up
    ramp: { from: 45s, to: 120s }
`
