import { fileURLToPath } from 'node:url'

/** Runbooks that are here to be killed in, with their fleet and a calm scenario each. */
const RUNBOOKS = fileURLToPath(new URL('runbooks', import.meta.url))

/** A way through a runbook: the shipped one where no scenario is named. No two have the seed and the scenario in common. */
export type Story = {
  readonly name: string
  readonly seed: number
  readonly scenario?: string
  /** The answers file. */
  readonly answers: string
}

export const STORIES: readonly Story[] = [
  { name: 'agreed', seed: 3, answers: '{}' },
  { name: 'declined', seed: 5, answers: '{ gates: { replace: decline } }' },
  { name: 'watched', seed: 8, answers: '{ answers: { calm: [watch, yes] } }' },
  { name: 'looped', seed: 13, scenario: 'looping', answers: '{ answers: { enough: [more, stop] } }' },
  { name: 'side-by-side', seed: 21, scenario: 'side-by-side', answers: '{}' },
  {
    name: 'taken-back',
    seed: 34,
    scenario: 'taken-back',
    answers: '{ decisions: { replace: continue } }',
  },
  {
    name: 'reconsidered',
    seed: 55,
    scenario: 'reconsidered',
    answers: '{ decisions: { proof: [undo, continue] } }',
  },
  { name: 'over-budget', seed: 89, scenario: 'refusing', answers: '{ decisions: { others: stop } }' },
  { name: 'budget-renewed', seed: 144, scenario: 'refusing', answers: '{ decisions: { others: continue } }' },
  {
    name: 'overridden',
    seed: 233,
    scenario: 'overriding',
    answers: '{ gates: { drain: { override: all three are hot } } }',
  },
  { name: 'nested', seed: 377, scenario: 'nested', answers: '{}' },
  {
    name: 'nested-undone',
    seed: 610,
    scenario: 'nested-undone',
    answers: '{ decisions: { both: continue } }',
  },
  { name: 'rolling', seed: 987, scenario: 'rolling', answers: '{}' },
  { name: 'sent-away', seed: 1597, scenario: 'sent-away', answers: '{}' },
]

/** Arguments of the program that play it; the answers stand in that file. */
export const drillArgs = ({ seed, scenario }: Story, answers: string): string[] => [
  ...(scenario === undefined ? ['drill'] : ['drill', scenario, '--runbooks', RUNBOOKS]),
  '--auto',
  '--seed',
  `${seed}`,
  '--answers',
  answers,
]

export const resumeArgs = (answers: string): string[] => ['resume', 'last', '--auto', '--answers', answers]
