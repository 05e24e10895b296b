import type { JsonObject } from '../../src/domain/json.js'
import type { Verb, VerbKey } from '../../src/domain/question.js'
import { valuesOf } from '../../src/domain/table.js'
import type { Command } from '../../src/engine/pending.js'
import type { OpState } from '../../src/engine/state.js'
import { isMove, verbsAt } from '../../src/engine/verbs.js'
import { type Incident, plan } from './histories.js'
import type { Reply } from './replies.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

const BLANK: JsonObject = { text: 'text', labels: {} }

/** Every kind of completion that a command can have; the first is the plain one. */
export const legalReplies = (incident: Incident, command: Command): readonly Reply[] => {
  const withheld = incident.state().opened?.mode.effects === 'withheld'
  switch (command.do) {
    case 'enter':
      return [reply.entered(command)]
    case 'skip':
      return [reply.skipped(command)]
    case 'evaluate':
      return evaluations(command)
    case 'check':
      return [
        reply.observed(command, 'pass'),
        reply.observed(command, 'fail'),
        reply.observed(command, 'inconclusive'),
      ]
    case 'notify':
      return [reply.notified(command)]
    case 'ask':
      return [
        ...command.question.options.map(({ key }) => reply.answered(command, key)),
        ...moves(command.question.verbs).map(([key, more]) => reply.answered(command, key, more)),
      ]
    case 'plan':
      return [
        reply.planned(command),
        reply.planned(command, plan({ digest: 'e'.repeat(64) })),
        reply.notPlanned(command),
        reply.notPlanned(command, 'plan.nothing-to-do'),
      ]
    case 'gate':
      return withheld
        ? [reply.decided(command, 'withheld'), reply.decided(command, 'refused')]
        : gates(incident, command)
    case 'confirm':
    case 'confirm-undo':
      return [reply.applyStarted(command), reply.planChanged(command, 'c'.repeat(64)), reply.planGone(command)]
    case 'apply':
      return applies(incident, command)
    case 'undo':
      return (['finished', 'failed', 'cut'] as const).map(how => undo.undone(incident, command, how))
    case 'begin-undo':
      return [undo.undoBegun(incident, command.of)]
    case 'plan-undo':
      return [
        undo.undoPlanned(incident, command),
        reply.notPlanned(command),
        reply.notPlanned(command, 'plan.nothing-to-do'),
      ]
    case 'leave-undo':
      return [undo.undoLeft(command)]
    case 'posture':
      return [reply.raised(incident), reply.expired()]
    case 'timer':
      return [reply.fired(command)]
    case 'finish':
      return [reply.finished(command)]
    case 'end':
      return [reply.ended(command, withheld)]
  }
}

/** The verbs that move on, each with what it needs to know. */
const moves = (verbs: readonly Verb[]): readonly (readonly [VerbKey, reply.Details])[] => {
  return verbs
    .filter(({ key }) => isMove(key))
    .map(({ key, details }) => {
      const steps = details.flatMap(({ accepts }) =>
        typeof accepts === 'object' && 'oneOf' in accepts ? accepts.oneOf : [],
      )
      return [key, { reason: 'done by hand', ...(key === 'jump' ? { to: steps[0] ?? '' } : {}) }]
    })
}

const gates = (incident: Incident, command: Command & { do: 'gate' }): readonly Reply[] => {
  const frame = incident.state().frames[command.frame]
  const verbs = frame ? verbsAt(incident.state(), frame, []) : []
  return [
    reply.decided(command, 'approved'),
    reply.decided(command, 'declined'),
    reply.decided(command, 'refused'),
    reply.overridden(command),
    ...moves(verbs).map(([key, more]) => reply.wentElsewhere(command, key, more)),
  ]
}

const evaluations = (command: Command & { do: 'evaluate' }): readonly Reply[] => {
  switch (command.purpose) {
    case 'when':
      return [true, false].map(value => reply.evaluated(command, value))
    case 'expect':
      return [
        reply.evaluated(command, true),
        reply.evaluated(command, false),
        reply.evaluated(command, null, 'steps.gone'),
      ]
    case 'until':
      return [reply.evaluated(command, true), reply.evaluated(command, false)]
    case 'each':
      return [
        reply.evaluated(command, ['a', 'b', 'c']),
        reply.evaluated(command, []),
        reply.evaluated(command, null, 'steps.gone'),
      ]
    case 'branch':
      return [
        reply.evaluated(command, 2),
        reply.evaluated(command, 0),
        reply.evaluated(command, 1),
        reply.evaluated(command, null, 'steps.gone'),
      ]
    default:
      return [reply.evaluated(command, BLANK), reply.evaluated(command, null, 'steps.gone')]
  }
}

const applies = (incident: Incident, command: Command & { do: 'apply' }): readonly Reply[] => {
  const known = valuesOf(incident.state().ops).filter(
    ({ frame, step, visit, undoes }) =>
      frame === command.frame && step === command.step.id && visit === command.visit && !undoes,
  )
  const doubtful = known.filter(({ status }) => status === 'started')
  const done = doubtful.flatMap(op => reply.resolved(command, op, 'done'))
  const again = doubtful.flatMap(op => [...reply.resolved(command, op, 'not-done'), ...resent(command, op)])
  const [a, b] = [`op${known.length}`, `op${known.length + 1}`]
  return [
    [...done, ...reply.opFinished(command, a), ...reply.opFinished(command, b), ...reply.applied(command)],
    [...again, ...reply.opFinished(command, a), ...reply.applied(command)],
    [
      ...done,
      ...reply.opFinished(command, a),
      ...reply.opFailed(command, b),
      ...reply.applied(command, 'failed'),
    ],
    [...done, ...reply.opRefused(command, a), ...reply.applied(command, 'failed')],
    [...done, ...reply.exhausted(command, 'stop'), ...reply.applied(command, 'failed')],
    [
      ...done,
      ...reply.exhausted(command, 'continue'),
      ...reply.opFinished(command, a),
      ...reply.applied(command),
    ],
    [...done, ...reply.opFinished(command, a), ...reply.applied(command, 'applied', { rest: a })],
    [...again, ...reply.opFinished(command, a), ...reply.started(command, b), ...reply.resumed()],
    [{ type: 'incident.paused', data: { reason: 'Ctrl-C' } }, ...reply.resumed()],
  ]
}

const resent = (command: Command & { do: 'apply' }, op: OpState): Reply => {
  const ref = { step: op.step, visit: op.visit, op: op.op, kind: op.kind, target: op.target }
  const { frame } = command
  return [
    { type: 'op.started', frame, data: { ...ref, args: op.args, token: op.token } },
    { type: 'op.finished', frame, data: { ...ref, result: null } },
  ]
}
