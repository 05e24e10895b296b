// Drives incidents of which several frames are at work: what is pending is taken frame by frame.

import type { Draft } from '../../src/domain/event.js'
import type { Step } from '../../src/domain/runbook.js'
import { type Command, pending } from '../../src/engine/pending.js'
import type { Frame } from '../../src/engine/state.js'
import { ask, choice, end, frameOf, type Incident, open, parallel, runbook } from './histories.js'
import { legalReplies } from './legal.js'
import * as reply from './replies.js'

/** Pending in that frame; throws where nothing is. */
export const inFrame = (incident: Incident, frame: string): Command => {
  const found = pending(incident.state()).find(command => command.frame === frame)
  if (!found) throw new Error(`nothing is pending in ${frame}, only in ${pendingIn(incident).join(', ')}`)
  return found
}

export const pendingIn = (incident: Incident): string[] => pending(incident.state()).map(({ frame }) => frame)

/** Completes what is pending in a frame in the plainest way, until that is. */
export const forward = <D extends Command['do']>(
  incident: Incident,
  frame: string,
  to: D,
): Command & { do: D } => {
  for (let taken = 0; taken < 50; taken += 1) {
    const command = inFrame(incident, frame)
    if (command.do === to) return command as Command & { do: D }
    reply.atDue(incident, command)
    incident.add(...(legalReplies(incident, command)[0] ?? []))
  }
  throw new Error(`${to} is never pending in ${frame}`)
}

/** The same, and then that one is completed as told. */
export const take = <D extends Command['do']>(
  incident: Incident,
  frame: string,
  what: D,
  how: (command: Command & { do: D }) => readonly Draft[],
): void => incident.add(...how(forward(incident, frame, what)))

/** Whatever is pending anywhere, in the plainest way, until the main frame has something to do again. */
export const backInMain = (incident: Incident): Command => {
  for (let taken = 0; taken < 200; taken += 1) {
    const [command] = pending(incident.state())
    if (!command) throw new Error('nothing is pending')
    if (command.frame === 'main') return command
    incident.add(...(legalReplies(incident, command)[0] ?? []))
  }
  throw new Error('the main frame never goes on')
}

export const resultOf = (incident: Incident, step: string): Frame['results'][string] | undefined => {
  take(incident, 'main', 'finish', reply.finished)
  return frameOf(incident).results[step]
}

export const LEFT = 'main/both#1/left'
export const RIGHT = 'main/both#1/right'

export const both = (left: readonly Step[], right: readonly Step[], more = {}): Incident => {
  const incident = open(
    runbook(parallel('both', { left, right }, more), ask('next', choice('on')), end('over')),
  )
  take(incident, 'main', 'enter', reply.entered)
  return incident
}
