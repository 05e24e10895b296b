import type { Command } from '../../src/engine/pending.js'
import type { Incident } from './histories.js'
import { legalReplies } from './legal.js'
import * as reply from './replies.js'
import { atDue, type Reply } from './replies.js'
import * as undo from './undo-replies.js'

type Doing = Command['do']

/** Completes the pending command, which must be that one, at the time when it is due. */
export const take = <D extends Doing>(
  incident: Incident,
  what: D,
  how: (command: Command & { readonly do: D }) => Reply,
): void => {
  const command = expecting(incident, what)
  atDue(incident, command)
  incident.add(...how(command))
}

export const expecting = <D extends Doing>(incident: Incident, what: D): Command & { readonly do: D } => {
  const command = incident.next()
  if (command.do !== what) throw new Error(`${command.do} is pending, not ${what}`)
  return command as Command & { readonly do: D }
}

/** Completes whatever is pending in the plainest way until that command is. */
export const until = <D extends Doing>(incident: Incident, what: D): Command & { readonly do: D } => {
  for (let taken = 0; incident.next().do !== what; taken += 1) {
    if (taken > 100) throw new Error(`${what} is never pending`)
    const command = incident.next()
    if (command.do === 'ask') throw new Error(`${command.question.id} is asked before ${what} is pending`)
    atDue(incident, command)
    incident.add(...(legalReplies(incident, command)[0] ?? []))
  }
  return expecting(incident, what)
}

/** From the begin of an undo to where its first op is due: it is planned and agreed to like any action. */
export const agreeToUndo = (incident: Incident): void => {
  until(incident, 'plan-undo')
  take(incident, 'plan-undo', command => undo.undoPlanned(incident, command))
  take(incident, 'gate', command => reply.decided(command))
  take(incident, 'confirm-undo', reply.applyStarted)
}

/** An apply that fails after those ops of it, or after one that is done, up to where it is asked how to go on. */
export const failAfter = (
  incident: Incident,
  ops: (command: Command & { readonly do: 'apply' }) => Reply = command => reply.opFinished(command, 'one'),
): void => {
  until(incident, 'apply')
  take(incident, 'apply', command => [...ops(command), ...reply.applied(command, 'failed')])
  take(incident, 'finish', reply.finished)
}
