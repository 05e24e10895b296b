// Random but legal walks through random runbooks.

import fc from 'fast-check'
import { everyStep, type Runbook } from '../../src/domain/runbook.js'
import { doStarted } from '../../src/engine/alone.js'
import { type Command, pending } from '../../src/engine/pending.js'
import { undoableVisits } from '../../src/engine/undo.js'
import { accepted, action, DRY_RUN, type Incident, LIVE, open } from './histories.js'
import { legalReplies } from './legal.js'
import { build, gene, OTHER } from './random-runbooks.js'
import type { Reply } from './replies.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

export type Walk = {
  readonly runbook: Runbook
  readonly withheld: boolean
  /** Each picks one of the legal replies, and how much time passes before it. */
  readonly picks: readonly number[]
}

export const walks: fc.Arbitrary<Walk> = fc.record({
  runbook: fc.array(gene, { minLength: 1, maxLength: 6 }).map(build),
  withheld: fc.boolean(),
  picks: fc.array(fc.nat({ max: 10_000 }), { maxLength: 60, size: 'max' }),
})

/** Commands that a walk may need to get out of a runbook, once it answers so as to get out. */
const boundFor = ({ runbook: { steps } }: Walk): number => (everyStep(steps).length + 1) * 100

/** Walks at random as long as there are picks, then straight out, as far as the bound allows. */
export const walk = (one: Walk): Incident => {
  const { runbook: definition, withheld, picks } = one
  const incident = open(definition, { mode: withheld ? DRY_RUN : LIVE, others: [OTHER] })
  for (let step = 0; incident.state().status === 'open' && step < picks.length + boundFor(one); step += 1) {
    const pick = picks[step]
    if (pick !== undefined) incident.add(...aside(incident, pick))
    const command = commandFor(incident, pick)
    incident.pass(pick === undefined ? 0 : (pick * 7) % 4_000)
    reply.atDue(incident, command)
    const legal = pick === undefined ? [wayOut(incident, command)] : legalReplies(incident, command)
    incident.add(...(legal[indexOf(pick ?? 0) % legal.length] ?? []))
  }
  return incident
}

/** Every other time the plain reply, which comes first: what happens late in a step is rare otherwise. */
const indexOf = (pick: number): number => (pick % 2 === 0 ? 0 : Math.floor(pick / 2))

/** What an operator does without being asked, now and then. */
const aside = (incident: Incident, pick: number): Reply => {
  if (pick % 11 === 0) return incident.state().raised ? reply.expired() : reply.raised(incident)
  if (pick % 13 === 0) return [{ type: 'incident.paused', data: { reason: 'Ctrl-C' } }, ...reply.resumed()]
  const of = undoableVisits(incident.state()).slice(0, 1)
  if (pick % 19 === 0) return besides(incident)
  const [begun] = undo.undoBegun(incident, of)
  return pick % 17 === 0 && of.length > 0 && begun && accepted(incident, begun) ? [begun] : []
}

/** An action beside the runbook, where one can be begun; then mostly as the incident stands after a pause. */
const besides = (incident: Incident): Reply => {
  const started = doStarted(incident.state(), action('beside', { alone: true }))
  return accepted(incident, started) ? [started] : []
}

/** Mostly what a frame waits for; sometimes whether the posture still holds. On the way out no time is let run out. */
const commandFor = (incident: Incident, pick: number | undefined): Command => {
  const commands = pending(incident.state())
  if (pick === undefined)
    return commands.find(({ do: what, id }) => what !== 'posture' && !id.endsWith(':inside')) ?? incident.next()
  return commands[pick % (commands.length + 1)] ?? incident.next()
}

/** The reply that leads out: forward where there is a way on, aborted where there is none. */
const wayOut = (incident: Incident, command: Command): Reply => {
  if (command.do === 'ask') return reply.answered(command, wordOut(command.question))
  const [plain] = legalReplies(incident, command)
  return plain ?? []
}

const WAYS_OUT = ['out', 'done', 'abort', 'stop', 'on', 'leave']

const wordOut = ({ id, options }: (Command & { do: 'ask' })['question']): string => {
  const word = WAYS_OUT.find(way => options.some(({ key }) => key === way))
  if (word === undefined) throw new Error(`no way out of ${id}`)
  return word
}
