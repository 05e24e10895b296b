import { formatDuration } from '../domain/duration.js'
import type { Event, EventData, RequestTally } from '../domain/event.js'
import { clockTime, epochMs, type Instant } from '../domain/instant.js'
import { isJsonObject, type Json } from '../domain/json.js'
import { badge } from '../domain/mode.js'
import type { Permission } from '../domain/permission.js'
import { isInside, placeWords } from './places.js'
import { byHandWords } from './undo.js'

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'quiet' | 'title'

/** One line of a timeline: what happened, in words for an operator. */
export type Row = { readonly at: Instant; readonly step: string; readonly text: string; readonly tone: Tone }

/** The row that an event deserves; undefined where it is bookkeeping. */
export const rowOf = (event: Event): Row | undefined => {
  const said = say(event)
  if (!said) return undefined
  const step = 'step' in event.data ? placeWords(event.frame, event.data.step) : ''
  return { at: event.at, step, text: said.text, tone: said.tone }
}

export const timeline = (events: Iterable<Event>): readonly Row[] =>
  [...events].flatMap(event => rowOf(event) ?? [])

type Said = { readonly text: string; readonly tone: Tone }
const said = (text: string, tone: Tone = 'plain'): Said => ({ text, tone })

const say = (event: Event): Said | undefined => {
  switch (event.type) {
    case 'step.entered':
      return said(event.data.title, 'title')
    case 'step.skipped':
      return said(skippedWords(event.data.reason), 'warn')
    case 'step.finished':
      return finishedWords(event.data)
    case 'expression.evaluated':
      return event.data.missing === undefined ? undefined : said(`${event.data.missing} is not known`, 'warn')
    case 'check.observed':
      return observedWords(event.data)
    case 'timer.fired':
      return event.data.again === undefined ? undefined : said(`not passed; looks again (${event.data.again})`)
    case 'question.answered':
      return said(`answered by ${event.data.by}: ${event.data.option}`)
    case 'gate.decided':
      return gateWords(event.data)
    default:
      return sayOfWork(event)
  }
}

const sayOfWork = (event: Event): Said | undefined => {
  switch (event.type) {
    case 'plan.made':
      return event.data.plan && isInside(event.frame) ? said('plans:', 'quiet') : undefined
    case 'plan.changed':
      return said(`the plan changed: ${event.data.differences.join('; ')}`, 'warn')
    case 'op.started':
      return said(`${event.data.undoes ? 'undo: ' : ''}${event.data.kind} ${event.data.target} …`, 'quiet')
    case 'op.finished':
      return said(
        `${event.data.kind} ${event.data.target}: ${toldBy(event.data.result)}${countWords(event.data.requests)}`,
      )
    case 'op.failed':
    case 'op.refused':
      return said(`${event.data.kind} ${event.data.target}: ${event.data.failure.message}`, 'bad')
    case 'op.resolved':
      return said(resolvedWords(event.data), 'warn')
    case 'undo.finished':
      return event.data.outcome === 'undone'
        ? said(['undone', ...event.data.left].join('; still stands: '), 'good')
        : said(`not undone: ${event.data.left.join('; ')}`, 'bad')
    default:
      return sayOfRules(event)
  }
}

const sayOfRules = (event: Event): Said | undefined => {
  switch (event.type) {
    case 'guardrail.overridden':
      return said(`${event.data.guardrail} is overridden by ${event.data.by}: ${event.data.reason}`, 'bad')
    case 'budget.exhausted':
      return said(
        `${event.data.failures} of our operations failed: the budget of ${event.data.limit} is exhausted`,
        'bad',
      )
    case 'posture.raised':
      return said(`${event.data.to} until ${clockTime(event.data.until)}: ${event.data.reason}`, 'bad')
    case 'posture.expired':
      return said(`back to conservative limits: ${event.data.because}`, 'warn')
    case 'undo.started':
      return said('what was done is to be taken back', 'title')
    case 'lock.taken':
      return said(`${event.data.resource} is locked for this incident`, 'quiet')
    case 'owner.taken':
      return said(takenWords(event.data), 'warn')
    case 'definition.changed':
      return said(
        event.data.decision === 'stored'
          ? 'its runbook file was changed; it goes on with the stored one'
          : 'its runbook file was changed, and it does not go on',
        'warn',
      )
    default:
      return sayOfIncident(event)
  }
}

const resolvedWords = ({ kind, target, verdict, evidence, failure }: EventData['op.resolved']): string =>
  failure
    ? `${kind} ${target}: not done, and it can be sent again: ${evidence}`
    : `${kind} ${target} was in doubt: ${verdict} (${evidence})`

const takenWords = ({ owner, from }: EventData['owner.taken']): string =>
  from
    ? `taken over by process ${owner.pid} on ${owner.host} from process ${from.pid} on ${from.host}`
    : `taken over by process ${owner.pid} on ${owner.host}`

const sayOfIncident = (event: Event): Said | undefined => {
  switch (event.type) {
    case 'incident.opened':
      return said(`${badge(event.data.mode)}: ${event.data.definition.title}`, 'title')
    case 'incident.paused':
      return said(`paused: ${event.data.reason}`, 'warn')
    case 'incident.resumed':
      return said('resumed', 'warn')
    case 'incident.ended':
      return said(
        `${event.data.outcome} (${event.data.because})`,
        event.data.outcome === 'resolved' ? 'good' : 'warn',
      )
    case 'dry_run.ended':
      return said(`the rehearsal ends: would be ${event.data.outcome} (${event.data.fidelity})`, 'warn')
    case 'note.added':
      return event.data.kind === 'did'
        ? said(byHandWords({ targets: [], ...event.data }), 'warn')
        : said(`note: ${event.data.text}`)
    case 'notice.sent':
      return event.data.kind === 'escalation'
        ? said(`called ${event.data.to}: ${event.data.text}`, 'warn')
        : said(`${event.data.to ?? 'to all'}: ${event.data.text}`, 'title')
    case 'drill.scored':
      return said(`score ${event.data.score} of 100`, 'title')
    default:
      return undefined
  }
}

/** An op may say in its result what came of it: its field `told`. */
const toldBy = (result: Json): string =>
  isJsonObject(result) && typeof result.told === 'string' ? result.told : 'done'

const skippedWords = (reason: 'when' | 'limit'): string =>
  reason === 'limit' ? 'the limit of visits is reached' : 'skipped: its `when` is not true'

const TONE_OF: { readonly [outcome in EventData['step.finished']['outcome']]: Tone } = {
  passed: 'good',
  applied: 'good',
  done: 'plain',
  answered: 'plain',
  unchanged: 'plain',
  undone: 'warn',
  skipped: 'quiet',
  'would-change': 'warn',
  inconclusive: 'warn',
  declined: 'warn',
  refused: 'bad',
  failed: 'bad',
}

/** A check step's own look is told when the step finishes; the looks of a verification are told as they come. */
const observedWords = ({ purpose, summary, verdict }: EventData['check.observed']): Said | undefined =>
  purpose === 'verify' ? said(`verify: ${summary}`, verdict === 'pass' ? 'plain' : 'warn') : undefined

const finishedWords = ({ outcome, summary, withheld }: EventData['step.finished']): Said => {
  const tone = TONE_OF[outcome]
  if (outcome === 'done' || outcome === 'answered') return said(`→ ${summary}`, tone)
  if (!withheld || withheld.status === outcome) return said(`${outcome}: ${summary}`, tone)
  const unmade = withheld.unmade > 0 ? `, before ${withheld.unmade} unmade changes` : ''
  return said(`${withheld.status}${unmade}, ${outcome}: ${summary}`, tone)
}

const gateWords = ({ decision, by, level, permissions = [] }: EventData['gate.decided']): Said => {
  if (decision === 'withheld')
    return said(
      `the effects are withheld; it would ask at level ${level}${permissionWords(permissions)}`,
      'warn',
    )
  return said(`plan ${decision} by ${by} (${level})`, decision === 'approved' ? 'plain' : 'warn')
}

/** What could not be found out refuses nothing, and is not passed over in silence. */
const permissionWords = (permissions: readonly Permission[]): string => {
  const by = (verdict: Permission['verdict']) => [
    ...new Set(permissions.filter(one => one.verdict === verdict).map(({ permission }) => permission)),
  ]
  const [allowed, denied, unknown] = [by('allowed'), by('denied'), by('unknown')]
  return [
    ...(allowed.length > 0 ? [`; permitted: ${allowed.join(', ')}`] : []),
    ...(denied.length > 0 ? [`; NOT permitted: ${denied.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`; not known whether permitted: ${unknown.join(', ')}`] : []),
  ].join('')
}

const countWords = (requests: RequestTally | undefined): string => {
  const counts = Object.entries(requests ?? {})
  return counts.length === 0 ? '' : ` (${counts.map(([name, count]) => `${name} ×${count}`).join(', ')})`
}

/** How long an incident took, from its first to its last event. */
export const spanOf = (events: readonly Event[]): string => {
  const [first, last] = [events[0], events.at(-1)]
  return first && last ? formatDuration(epochMs(last.at) - epochMs(first.at)) : formatDuration(0)
}
