/** What must not depend on crashes. */
export type End = {
  readonly outcome: string
  readonly score: string
  /** Each instance's and address' and frontend's last state. */
  readonly world: { readonly [thing: string]: string }
  /** How often each thing was changed, and how. */
  readonly changes: { readonly [change: string]: number }
}

/** From the lines of a journal and of the log of its world. */
export const endOf = (journal: readonly string[], world: readonly string[]): End => {
  const events: readonly Recorded[] = journal.map(line => JSON.parse(line))
  const changes: readonly Change[] = world.map(line => JSON.parse(line))
  const data = (type: string) => events.filter(event => event.type === type).map(event => event.data)
  const ended = data('incident.ended')
  return {
    outcome: ended.length === 1 ? `${ended[0]?.outcome}` : `${ended.length} endings`,
    // Time that a crash costs is not what is compared; what was done is.
    score: data('drill.scored')
      .map(({ measures: m }) =>
        [m?.faulted_replaced, m?.healthy_replaced, m?.legit_clients_blocked, m?.instances_leaked].join(),
      )
      .join(),
    world: sorted(Object.fromEntries(changes.flatMap(lastStates))),
    changes: sorted(counts(changes.flatMap(change => namesOf(change)))),
  }
}

type Recorded = {
  readonly type: string
  readonly data: { readonly outcome?: string; readonly measures?: { readonly [name: string]: unknown } }
}

type Change = {
  readonly operation: string
  readonly args: {
    readonly instance?: string
    readonly frontend?: string
    /** Of a list of denied addresses. */
    readonly pattern?: string
    /** Of connections per second. */
    readonly limit?: number
    readonly allocationId?: string
    readonly resources?: readonly string[]
    readonly tags?: { readonly [key: string]: string }
    readonly subnet?: string
  }
  readonly result: { readonly instances?: readonly { readonly id: string }[] } | null
}

const STATE = 'firebreak:state'

/** What is true after a change. Side by side, changes come in any order: only the last of each thing is compared. */
const lastStates = ({ operation, args, result }: Change): [thing: string, state: string][] => {
  switch (operation) {
    case 'RunInstances':
      return (result?.instances ?? []).map(({ id }) => [id, `${args.tags?.[STATE]}`])
    case 'CreateTags':
    case 'DeleteTags':
      return (args.resources ?? []).map(id => [id, args.tags?.[STATE] ?? 'in service'])
    case 'add acl':
    case 'del acl':
      return [[`${args.instance} ${args.pattern}`, operation]]
    case 'AssociateAddress':
      return [[`${args.allocationId}`, `${args.instance}`]]
    default:
      return [[`${args.instance}/${args.frontend}`, `${operation} ${args.limit ?? ''}`.trim()]]
  }
}

const namesOf = (change: Change): string[] =>
  lastStates(change).map(([thing, state]) => `${change.operation} ${thing}: ${state}`)

const counts = (names: readonly string[]): { [name: string]: number } => {
  const count: { [name: string]: number } = {}
  for (const name of names) count[name] = (count[name] ?? 0) + 1
  return count
}

const sorted = <T>(map: { readonly [key: string]: T }): { readonly [key: string]: T } =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Why that end is bad by itself, crash or none: something was launched twice by one operation, or leaks. */
export const whatIsWrong = ({ outcome, score, changes }: End): string | undefined => {
  if (/endings/.test(outcome)) return `it has ${outcome}`
  if (score.split(',').at(-1) !== '0') return `its score is ${score}: something leaks, or nothing was scored`
  const twice = Object.entries(changes).find(([change, count]) => /^RunInstances/.test(change) && count > 1)
  return twice && `${twice[0]} happened ${twice[1]} times`
}
