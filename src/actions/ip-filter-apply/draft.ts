import { formatDuration } from '../../domain/duration.js'
import type { Fact, PlanDraft } from '../../domain/plan.js'
import type { Look } from '../../providers/look.js'
import { noProxyLess, wordFor } from '../cluster-proxies.js'
import { inventoryWarnings } from '../find-proxies.js'
import { resourceOf, scopeWords } from '../ip-filter/denial.js'
import { mechanismOf } from '../ip-filter/mechanisms/mechanisms.js'
import { changeOf, endingOf } from './changes.js'
import { doubtsAbout } from './doubts.js'
import type { Drawn } from './plan.js'

/** What an operator reads before anybody is blocked. */
export const draft = async (drawn: Drawn, look: Look): Promise<PlanDraft> => {
  const { input, asked, found, carved, impact, filter, laid } = drawn
  const { cluster, inventory } = found
  const { denials } = laid
  const places = [...new Set(denials.map(({ place }) => resourceOf(place)))]
  const endings = input.reset
    ? inventory.targets.map(({ id, admin = '' }) => endingOf(id, admin, carved.blocked))
    : []
  const capacity = await noProxyLess(found, look)
  const { typed, warnings } = doubtsAbout(drawn, look)
  return {
    summary: summary(drawn),
    changes: [...denials.map(denial => changeOf(denial, asked.ttl)), ...endings],
    blast: { ...capacity, irreversible: input.reset },
    facts: factsOf(drawn),
    warnings: [...warnings, ...laid.warnings, ...asked.taken, ...inventoryWarnings(inventory)],
    undo: [
      `exactly these entries are taken away again, at ${places.join(', ')}`,
      ...(input.reset ? ['connections that were ended stay ended: their clients connect anew'] : []),
    ],
    confirm: wordFor(
      cluster.name,
      inventory.targets.map(({ id }) => id),
    ),
    predicted: {
      filter,
      blocked: [...carved.blocked],
      kept: keptOf(drawn),
      places,
      connections: impact.blocked,
      ended: 0,
    },
    commands: denials.flatMap(denial => mechanismOf(denial).byHand.put(denial, asked.ttl)),
    locks: laid.locks,
    atLeast: typed ? { level: 'typed', reason: typed } : { level: 'operator', reason: 'it turns clients away' },
    allowlist: drawn.shield.allowlist.allowlist.hash,
  }
}

/** What an output says of who was left out. */
const keptOf = ({ carved }: Pick<Drawn, 'carved'>): string[] => [
  ...carved.protected.map(({ prefix }) => prefix),
  ...carved.known,
]

const SHOWN = 6

const summary = ({ asked, found: { cluster }, carved, laid }: Drawn): string => {
  const { blocked } = carved
  const who = blocked.slice(0, SHOWN).join(', ')
  const more = blocked.length > SHOWN ? ` and ${blocked.length - SHOWN} more` : ''
  const where = `${laid.denials.length} ${laid.denials.length === 1 ? 'place' : 'places'}`
  return `Block ${who}${more} from ${cluster.name}, ${scopeWords(asked.scope)}, for ${formatDuration(asked.ttl)}, at ${where}`
}

/** Connections that are open now and match what was asked for. */
const factsOf = ({ impact, laid, input }: Drawn): readonly Fact[] => {
  const count = (label: string, value: number, worse: Fact['worse'] = 'neither'): Fact => ({
    label,
    value,
    unit: 'connections',
    worse,
  })
  const { total, blocked } = impact
  return [
    count('open now and asked to be blocked', impact.protected + impact.known + impact.unknown),
    count('of those protected (never blocked)', impact.protected),
    count(
      `of those known from a calm day (${input.known === 'keep' ? 'kept' : 'blocked'})`,
      impact.known,
      worseIf(input.known === 'block'),
    ),
    count('of those unknown, which is not the same as abusive', impact.unknown),
    {
      label: 'share of all connections that is of blocked addresses',
      value: total === 0 ? 0 : Math.round((100 * blocked) / total),
      unit: '%',
      worse: 'neither',
    },
    count(input.reset ? 'open and blocked, which are ended' : `open and blocked, which ${laid.open}`, blocked),
  ]
}

const worseIf = (matters: boolean): Fact['worse'] => (matters ? 'higher' : 'neither')
