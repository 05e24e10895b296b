import { fileURLToPath } from 'node:url'

/** The shipped runbooks; and those that are here to be killed in, with their fleet and a scenario each. */
const SHIPPED = fileURLToPath(new URL('../../runbooks', import.meta.url))
const HERE = fileURLToPath(new URL('runbooks', import.meta.url))

/** A way through a runbook. No two have the seed and the scenario in common. */
export type Story = {
  readonly name: string
  readonly seed: number
  readonly scenario: string
  /** In a runbook that the project ships, not in one that is here for this. */
  readonly shipped?: true
  /** The answers file. */
  readonly answers: string
}

export const STORIES: readonly Story[] = [
  { name: 'agreed', seed: 3, scenario: 'one-hot-proxy', shipped: true, answers: '{}' },
  {
    name: 'declined',
    seed: 5,
    scenario: 'one-hot-proxy',
    shipped: true,
    answers: '{ gates: { replace: decline } }',
  },
  {
    name: 'watched',
    seed: 8,
    scenario: 'one-hot-proxy',
    shipped: true,
    answers: '{ answers: { calm: [watch, yes] } }',
  },
  {
    name: 'overloaded',
    seed: 1,
    scenario: 'cluster-overload',
    shipped: true,
    answers: '{ answers: { stale: stale } }',
  },
  { name: 'short', seed: 1, scenario: 'capacity-shortage', shipped: true, answers: '{}' },
  { name: 'flooded', seed: 1, scenario: 'client-flood-near-customer', shipped: true, answers: '{}' },
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
export const drillArgs = ({ seed, scenario, shipped }: Story, answers: string): string[] => [
  'drill',
  scenario,
  '--runbooks',
  shipped ? SHIPPED : HERE,
  '--auto',
  '--seed',
  `${seed}`,
  '--answers',
  answers,
]

export const resumeArgs = (answers: string): string[] => ['resume', 'last', '--auto', '--answers', answers]
