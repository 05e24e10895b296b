import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../domain/clock.js'
import type { Draft } from '../domain/event.js'
import { type Instant, toInstant } from '../domain/instant.js'
import { type Answer, type Question, VERB } from '../domain/question.js'
import { answeredBefore } from '../engine/questions.js'
import { isMove, POSTURE_HOLDS } from '../engine/verbs.js'
import type { Deps } from './deps.js'
import type { Making } from './desk.js'

/** A question that was put, and its answer, which still holds. */
export type Answered = { readonly question: Question; readonly answer: Answer }

/**
 * Puts a question, on record, as things stand when its turn has come. Undefined where it was not answered: then the
 * incident pauses, or (after a note, a raised posture, an interruption, or where what was offered is so no more) it
 * is put again if it is pending still. One that is withdrawn is not put again.
 */
export const put = async (
  deps: Deps,
  frame: string,
  make: Making,
  withdrawn?: AbortSignal,
): Promise<Answered | undefined> => {
  const { clock, ledger, stop, desk } = deps
  let question: Question | undefined
  const making = () => {
    question = make()
    return question
  }
  const answer = await desk.ask(making, {
    nth: asked => answeredBefore(ledger.state(), asked),
    settled: () => clock.io(afterAnswer(deps)),
    announce: asked => ledger.append({ type: 'question.asked', frame, data: { question: asked } }),
    ...(withdrawn ? { withdrawn } : {}),
  })
  if (!question || answer === 'interrupted' || withdrawn?.aborted) return undefined
  if (!answer) {
    stop.request(`"${question.title}" (${question.step}) was not answered`)
    return undefined
  }
  if (!isOffered(question, answer))
    throw new Error(`${question.id} was answered with ${answer.option}, which was not offered`)
  if (!stillHolds(question, answer, make())) return undefined
  if (question.options.some(({ key }) => key === answer.option) || isMove(answer.option))
    return { question, answer }
  if (answer.option === VERB.pause) stop.request(`paused by ${answer.by}`)
  else for (const draft of draftsFor(deps, frame, question, answer)) await ledger.append(draft)
  return undefined
}

const isOffered = ({ options, verbs }: Question, { option }: Answer): boolean =>
  options.some(({ key }) => key === option) || verbs.some(({ key }) => key === option)

/** Side by side, what an answer means may change while it is typed: it counts only where it means what was shown. */
const stillHolds = (shown: Question, { option }: Answer, now: Question | undefined): boolean => {
  if (!now || shown.gate?.level !== now.gate?.level) return false
  const meaning = ({ options, verbs }: Question) =>
    options.find(({ key }) => key === option)?.label ?? verbs.find(({ key }) => key === option)?.label
  return meaning(shown) === meaning(now)
}

/** Whoever asked before has its answer and writes it down; the loop takes back what nobody waits for any more. */
const afterAnswer = async ({ ledger }: Deps): Promise<void> => {
  await setImmediate()
  await ledger.idle()
  await setImmediate()
}

/** What a verb that moves nothing leaves in the record. */
const draftsFor = (deps: Deps, frame: string, question: Question, answer: Answer): readonly Draft[] => {
  const { by, reason = '', to = '' } = answer
  switch (answer.option) {
    case VERB.note:
      return [{ type: 'note.added', actor: by, data: { text: reason } }]
    case VERB.did:
      return [{ type: 'note.added', actor: by, data: { text: reason, kind: 'did', targets: targetsIn(to) } }]
    case VERB.escalate:
      return [{ type: 'notice.sent', actor: by, data: { kind: 'escalation', to, text: reason, by } }]
    case VERB.posture:
      return [postureDraft(deps, answer)]
    case VERB.override:
      return overrides(frame, question, answer)
    default:
      throw new Error(`a question was answered with ${answer.option}, which was not offered`)
  }
}

/** A comma alone names nothing: then it stands as it was typed. */
const targetsIn = (text: string): readonly string[] => {
  const targets = text.split(',').flatMap(target => target.trim() || [])
  return targets.length > 0 ? targets : [text]
}

const postureDraft = (deps: Deps, { by, reason = '' }: Answer): Draft => {
  const { raised } = deps.ledger.state()
  if (raised) return { type: 'posture.expired', actor: by, data: { by, because: reason } }
  const until = heldUntil(deps.clock)
  return { type: 'posture.raised', actor: by, data: { to: 'aggressive', until, reason, by } }
}

/** When a posture that is raised now expires. */
export const heldUntil = (clock: Clock): Instant => toInstant(clock.now() + POSTURE_HOLDS)

/** Each guardrail that refuses, by name: for this plan and for no other. */
const overrides = (frame: string, question: Question, answer: Answer): Draft[] => {
  const { by, reason = '', typed = '' } = answer
  const { plan, guardrails = [] } = question.gate ?? {}
  if (!plan || typed !== plan.confirm || reason.trim() === '') return []
  return guardrails.map(guardrail => ({
    type: 'guardrail.overridden',
    frame,
    actor: by,
    data: { step: question.step, visit: question.visit, digest: plan.digest, guardrail, reason, typed, by },
  }))
}
