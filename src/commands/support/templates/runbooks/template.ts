// The kinds of incident that a new runbook can begin as. Each is right as it stands, and is there to be changed.

import type { World } from './worlds.js'

export type Template = {
  /** For whoever chooses among them. */
  readonly what: string
  readonly runbook: (name: string, title: string) => string
  /** What its tests are played in; the first is also its drill. */
  readonly worlds: readonly [World, ...World[]]
  /** The cases of its tests: `named` gives the name of the scenario of a world. */
  readonly cases: (named: (world: World) => string) => string
  /** How commands may begin that it runs: the fleet file has to allow it. */
  readonly command?: readonly string[]
}

export const opening = (
  name: string,
  title: string,
): string => `# yaml-language-server: $schema=./runbook.schema.json
runbook: ${name}
title: ${JSON.stringify(title)}
inputs:
  cluster:
    type: cluster
    ask: Which cluster is affected?
steps:
`

/** It begins with a look at all proxies; what is written after it says where a hot one leads. */
export const survey = (name: string, title: string): string => `${opening(name, title)}  - phase: Assess
  - id: survey
    title: Compare connections across all proxies
    why: What one proxy has and the others do not is a machine or a few clients; what all have is the network.
    check: proxy.connections
    with:
      cluster: \${{ inputs.cluster }}
    expect: size(result.hot) == 0 && size(result.unseen) == 0
`

type Case = {
  readonly name: string
  readonly scenario: string
  readonly seed?: number
  /** A line of YAML each. */
  readonly more?: readonly string[]
  readonly expect: string
}

/** Cases as they stand in a file of tests. */
export const casesText = (cases: readonly Case[]): string =>
  cases
    .map(({ name, scenario, seed = 3, more = [], expect }) =>
      [
        `  - name: ${name}`,
        `    scenario: ${scenario}`,
        `    seed: ${seed}`,
        ...more.map(line => `    ${line}`),
        `    expect: ${expect}`,
        '',
      ].join('\n'),
    )
    .join('\n')
