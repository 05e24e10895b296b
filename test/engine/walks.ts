// Random runbooks of every step kind, and random but legal walks through them.

import fc from 'fast-check'
import type { OnFailure, OnInconclusive, Runbook, Step } from '../../src/domain/runbook.js'
import { type Command, pending } from '../../src/engine/pending.js'
import { undoableVisits } from '../../src/engine/undo.js'
import {
  accepted,
  action,
  ask,
  branch,
  check,
  choice,
  DRY_RUN,
  end,
  goto,
  type Incident,
  LIVE,
  manual,
  open,
  runbook,
  wait,
} from './histories.js'
import { legalReplies } from './legal.js'
import type { Reply } from './replies.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

/** What a random step is made from. Numbers are taken modulo whatever there is to choose from. */
type Gene = {
  readonly kind: 'check' | 'action' | 'ask' | 'manual' | 'branch' | 'wait' | 'goto' | 'end'
  readonly when: boolean
  readonly limit: number
  readonly expect: boolean
  readonly verify: boolean
  readonly onFailure: number
  readonly onInconclusive: number
  readonly target: number
}

const gene: fc.Arbitrary<Gene> = fc.record({
  kind: fc.constantFrom('check', 'action', 'action', 'ask', 'manual', 'branch', 'wait', 'goto', 'end'),
  when: fc.boolean(),
  limit: fc.nat({ max: 3 }),
  expect: fc.boolean(),
  verify: fc.boolean(),
  onFailure: fc.nat({ max: 4 }),
  onInconclusive: fc.nat({ max: 2 }),
  target: fc.nat({ max: 20 }),
})

/** Jumps back are left to answers and failures; a walk that answers its way out always goes forward. */
const build = (genes: readonly Gene[]): Runbook => {
  const ids = ['look', ...genes.map((_, index) => `s${index}`)]
  const any = (n: number): string => ids[n % ids.length] ?? 'look'
  const steps = genes.map((one, index): Step => {
    const later = ids.slice(index + 2)
    const forward = later[one.target % Math.max(1, later.length)]
    const when = one.when ? { when: 'true' } : {}
    const limited = one.limit > 0 && forward !== undefined
    const limit = limited ? { limit: { visits: one.limit, then: forward } } : {}
    return { ...stepOf(one, `s${index}`, any, forward), ...when, ...limit }
  })
  return runbook(check('look'), ...steps)
}

const stepOf = (one: Gene, id: string, any: (n: number) => string, forward: string | undefined): Step => {
  const { target } = one
  const onFailure = onFailureOf(one, any(target))
  switch (one.kind) {
    case 'check':
      return check(id, {
        onFailure,
        onInconclusive: onInconclusiveOf(one, any(target)),
        ...(one.expect ? { expect: 'result.calm' } : {}),
      })
    case 'action':
      return action(id, {
        onFailure,
        ...(one.verify ? { verify: { again: 'look', hold: 60_000, within: 300_000, every: 15_000 } } : {}),
      })
    case 'ask':
      return ask(
        id,
        choice('out', { end: 'mitigated' }),
        choice('on'),
        choice('back', { goto: any(target), reset: any(target + 1) }),
      )
    case 'manual':
      return manual(id, { onFailure })
    case 'branch':
      return branch(
        id,
        { if: 'back', goto: any(target) },
        { if: 'over', end: 'unresolved' },
        forward === undefined ? { end: 'resolved' } : { goto: forward },
      )
    case 'wait':
      return wait(id, 1_000 * (target + 1))
    case 'goto':
      return forward === undefined ? end(id) : goto(id, forward)
    case 'end':
      return end(id, 'mitigated')
  }
}

const onFailureOf = ({ onFailure }: Gene, target: string): OnFailure =>
  onFailure === 4
    ? { do: 'goto', goto: target }
    : { do: (['ask', 'continue', 'undo', 'abort'] as const)[onFailure] ?? 'ask' }

const onInconclusiveOf = ({ onInconclusive }: Gene, target: string): OnInconclusive =>
  onInconclusive === 2 ? { do: 'goto', goto: target } : { do: onInconclusive === 1 ? 'continue' : 'ask' }

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
const boundFor = ({ runbook: { steps } }: Walk): number => (steps.length + 1) * 25

/** Walks at random as long as there are picks, then straight out, as far as the bound allows. */
export const walk = (one: Walk): Incident => {
  const { runbook: definition, withheld, picks } = one
  const incident = open(definition, { mode: withheld ? DRY_RUN : LIVE })
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
  const [begun] = undo.undoBegun(incident, of)
  return pick % 17 === 0 && of.length > 0 && begun && accepted(incident, begun) ? [begun] : []
}

/** Mostly what the frame waits for; sometimes whether the posture still holds. */
const commandFor = (incident: Incident, pick: number | undefined): Command => {
  const commands = pending(incident.state())
  return (pick === undefined ? undefined : commands[pick % (commands.length + 1)]) ?? incident.next()
}

/** The reply that leads out: forward where there is a way on, aborted where there is none. */
const wayOut = (incident: Incident, command: Command): Reply => {
  if (command.do === 'ask') return reply.answered(command, wordOut(command.question))
  const [plain] = legalReplies(incident, command)
  return plain ?? []
}

const WAYS_OUT = ['out', 'done', 'abort', 'stop']

const wordOut = ({ id, options }: (Command & { do: 'ask' })['question']): string => {
  const word = WAYS_OUT.find(way => options.some(({ key }) => key === way))
  if (word === undefined) throw new Error(`no way out of ${id}`)
  return word
}
