import { formatDuration } from '../../domain/duration.js'
import type { Blast, Fact, PlanDraft } from '../../domain/plan.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { ProcessInfo } from '../../providers/contract.js'
import type { Look } from '../../providers/look.js'
import { askEach, clusterProxies, leftOut, noProxyLess, type Told, wordFor } from '../cluster-proxies.js'
import { type Found, inventoryWarnings } from '../find-proxies.js'
import { bySocat } from '../socat.js'
import { outcomeOf } from './apply.js'
import { commandFor } from './ops/limit-rate.js'
import type { Input } from './schema.js'
import { changesFor, limitWords, type Step, stepsFor } from './steps.js'

type Proxies = readonly Told<ProcessInfo>[]

/** What capping these proxies, and raising the cap again, would do now. */
export const plan = async (input: Input, look: Look): Promise<Result<PlanDraft>> => {
  const found = await clusterProxies(input, look)
  if (!found.ok) return found
  const asked = await askEach(found.value, look, haproxy => haproxy.info())
  if (!asked.ok) return asked
  const present = asked.value.map(({ said, ...where }) => ({ ...where, limit: said.connectionRateLimit }))
  const steps = stepsFor(present, input)
  if (steps.every(({ moves }) => moves.length === 0))
    return fail(
      'plan.nothing-to-do',
      `every proxy of ${input.cluster} is limited to ${limitWords(input.limit)} already`,
      'go on; an undo of the step that set it takes it away',
    )
  const blast = await noProxyLess(found.value, look)
  return ok(draft({ input, found: found.value, asked: asked.value, steps, blast }))
}

type Draft = {
  readonly input: Input
  readonly found: Found
  readonly asked: Proxies
  readonly steps: readonly Step[]
  readonly blast: Blast
}

const draft = ({ input, found, asked, steps, blast }: Draft): PlanDraft => {
  const { cluster } = found
  const limited = outcomeOf(steps)
  const proxies = limited.map(({ proxy }) => proxy)
  return {
    summary: summary(input, found, proxies.length),
    changes: changesFor(steps),
    blast,
    facts: [...asked.map(rateOf), shareHeldBack(asked, input.limit)],
    warnings: warnings(input, found, asked),
    undo: [
      'each proxy goes back to the limit that it has now, in one go: who waits then comes at once',
      'where HAProxy was restarted meanwhile, or somebody set another limit, nothing is sent and it is named',
    ],
    confirm: wordFor(cluster.name, proxies),
    predicted: { limited },
    commands: commandsFor(steps),
    locks: [`cluster:${cluster.name}`],
    atLeast: { level: 'operator', reason: 'it keeps clients waiting' },
  }
}

const summary = ({ limit, raise }: Input, { cluster, inventory }: Found, count: number): string => {
  const cap = `Let ${count} of ${inventory.targets.length} proxies of ${cluster.name} accept ${limit} new connections a second each`
  if (raise === undefined) return cap
  const steps = [
    ...raise.to.map(limitWords),
    ...(raise.lift ? ['no limit but one from before that is higher'] : []),
  ]
  return `${cap}; after ${formatDuration(raise.every)} each: ${steps.join(', then ')}`
}

/** It is another one every second: only what the cap makes of all of them is a reason to ask again. */
const rateOf = ({ proxy, said }: Told<ProcessInfo>): Fact => ({
  label: `new connections of ${proxy}`,
  value: said.connectionRate,
  unit: 'a second',
  worse: 'neither',
})

/** Of the last second: what a limit keeps waiting of those who come at the present rate. */
const shareHeldBack = (asked: Proxies, limit: number): Fact => {
  const rates = asked.map(({ said }) => said.connectionRate)
  const all = rates.reduce((sum, rate) => sum + rate, 0)
  const over = rates.reduce((sum, rate) => sum + Math.max(0, rate - limit), 0)
  return {
    label: 'new connections that the cap would keep waiting at this rate',
    value: all === 0 ? 0 : Math.round((100 * over) / all),
    unit: '%',
    worse: 'higher',
  }
}

const warnings = ({ limit, raise }: Input, found: Found, asked: Proxies): readonly string[] => {
  const others = leftOut(found)
  const above = asked.filter(
    ({ said }) => said.connectionRateLimit > 0 && said.connectionRateLimit < highest(limit, raise),
  )
  return [
    'connections above the limit are not refused: they wait to be accepted, and time out at the client; live ones stay',
    'looks through the data path wait with them: a proxy that has a limit may count as not serving',
    ...above.map(
      ({ proxy, said }) =>
        `${proxy} is limited to ${limitWords(said.connectionRateLimit)} now: this goes above that`,
    ),
    ...(raise?.lift ? [] : [`the limit of ${limitWords(highest(limit, raise))} stays until it is undone`]),
    ...(others.length > 0
      ? [`${others.join(', ')}: not named, and so not limited; who waits elsewhere may come there`]
      : []),
    'a restart or a reload of HAProxy forgets the limit, and lets all in',
    ...inventoryWarnings(found.inventory),
  ]
}

const highest = (limit: number, raise: Input['raise']): number => Math.max(limit, ...(raise?.to ?? []))

/** What waits is written between: nobody should paste it all at once. */
const commandsFor = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(({ after, moves }) => [
    ...(after > 0 ? [`# after ${formatDuration(after)}:`] : []),
    ...moves.map(({ to, admin }) => bySocat(commandFor(to), admin)),
  ])
