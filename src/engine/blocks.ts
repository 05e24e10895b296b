// Steps that other steps stand in: their frames are opened, end, and are stopped where one of them fails.

import { formatDuration } from '../domain/duration.js'
import type { Event } from '../domain/event.js'
import { epochMs, toInstant } from '../domain/instant.js'
import type { Json, JsonObject } from '../domain/json.js'
import type { Outcome, Step } from '../domain/runbook.js'
import {
  close,
  currentStep,
  failureOf,
  frameAt,
  insidePath,
  newFrame,
  parentOf,
  putFrame,
  withoutFrame,
} from './frames.js'
import type { Block, Frame, IncidentState, Inside, Then } from './state.js'

/** Opens the frames of a step, as many as may be at work; where there is none to open the step is over at once. */
export const goInside = (
  state: IncidentState,
  frame: Frame,
  blocks: readonly Block[],
  { at }: Pick<Event, 'at'>,
): IncidentState => {
  const timeout = timeoutOf(currentStep(state, frame))
  const due = timeout === undefined ? {} : { due: toInstant(epochMs(at) + timeout) }
  return goOnInside(putInside(state, frame, { blocks, opened: 0, over: {}, ...due }), frame.path)
}

const timeoutOf = (step: Step): number | undefined =>
  step.kind === 'parallel' || step.kind === 'each' || step.kind === 'run' ? step.timeout : undefined

/** The time of a step with frames is over: it fails, as if one of them had. */
export const late = (state: IncidentState, { path }: Frame): IncidentState => {
  const timeout = timeoutOf(currentStep(state, frameAt(state, path))) ?? 0
  const because = `its timeout of ${formatDuration(timeout)} is over`
  return goOnInside(stopInside(state, path, { because }), path)
}

/** How a frame ended: a failure and the operator's abort stop those beside it, an outcome is that of a runbook. */
export type Left = { readonly stop?: NonNullable<Inside['stopped']>; readonly outcome?: Outcome }

/** A frame is over: the step that it stands in goes on by it. */
export const leave = (state: IncidentState, frame: Frame, { stop, outcome }: Left): IncidentState => {
  const parent = parentOf(state, frame)
  const { block } = frame
  if (!parent || !block) throw new Error(`frame ${frame.path} stands in no other one`)
  const inside = insideOf(parent)
  const over = {
    ...inside.over,
    [block.name]: { outputs: outputsOf(frame), ...(outcome === undefined ? {} : { outcome }) },
  }
  const left = putInside(withoutFrame(state, frame), parent, { ...inside, over })
  return goOnInside(stop ? stopInside(left, parent.path, stop) : left, parent.path)
}

/** The operator ends all of it: in every frame, from the outermost step on, nothing new is begun. */
export const abortAll = (state: IncidentState, frame: Frame, because: string): IncidentState => {
  const stop = { because, abort: true } as const
  const outermost = outermostOf(state, frame)
  const left = leave(state, frame, { stop })
  const root = left.frames[outermost.path]
  return root?.phase.at === 'inside' ? goOnInside(stopInside(left, root.path, stop), root.path) : left
}

/** The operator's word holds from when it is given, not only once the step that it was given at is on record. */
export const stopOthers = (state: IncidentState, frame: Frame, because: string): IncidentState => {
  const root = state.frames[outermostOf(state, frame).path]
  return frame.parent !== undefined && root?.phase.at === 'inside'
    ? stopInside(state, root.path, { because, abort: true })
    : state
}

const outermostOf = (state: IncidentState, frame: Frame): Frame => {
  const parent = parentOf(state, frame)
  return parent ? outermostOf(state, parent) : frame
}

/**
 * Nothing new is begun in a frame: what is in flight is finished, questions are taken back, and what was not yet
 * done is on record as stopped. An interrupted apply still asks what is to become of it.
 */
export const stopFrame = (state: IncidentState, frame: Frame, because: string): IncidentState => {
  const stopping: Frame = { ...frame, stopping: because }
  const { phase } = frame
  switch (phase.at) {
    case 'arriving':
    case 'admitted':
    case 'passing':
    case 'deciding':
    case 'handing':
      return leave(state, stopping, {})
    case 'inside':
      return stopInside(putFrame(state, stopping), frame.path, { because })
    case 'applying':
    case 'interrupted':
    case 'undoing':
    case 'closing':
    case 'over':
      return putFrame(state, stopping)
    default:
      return close(state, stopping, unfinished(frame, because), { to: 'next' })
  }
}

/** An action that was carried out and not verified is not said to have worked. */
const unfinished = ({ phase, soFar }: Frame, because: string) => {
  const applied = phase.at === 'verifying' ? phase.verify.applied : undefined
  if (soFar) return { outcome: 'inconclusive', summary: `the rest is not done: stopped, ${because}` } as const
  return applied
    ? ({
        outcome: 'inconclusive',
        output: applied.output,
        summary: `${applied.summary}; not verified: stopped, ${because}`,
      } as const)
    : ({ outcome: 'skipped', summary: `stopped: ${because}` } as const)
}

const stopInside = (
  state: IncidentState,
  path: string,
  stopped: NonNullable<Inside['stopped']>,
): IncidentState => {
  const frame = frameAt(state, path)
  const inside = insideOf(frame)
  // The operator's word goes before whatever failed.
  const first = inside.stopped?.abort ? inside.stopped : stopped
  const marked = putInside(state, frame, { ...inside, stopped: first })
  return childrenOf(marked, path).reduce((before, child) => stopFrame(before, child, first.because), marked)
}

/** The next frames of a step, or its end where all of them are over. */
const goOnInside = (state: IncidentState, path: string): IncidentState => {
  const frame = frameAt(state, path)
  if (frame.phase.at !== 'inside') return state // it was closed when the last one of those that were stopped left
  const { inside } = frame.phase
  const atWork = childrenOf(state, path).length
  const block = inside.stopped ? undefined : inside.blocks[inside.opened]
  if (block && atWork < atOnce(state, frame)) return goOnInside(open(state, frame, inside, block), path)
  return atWork === 0 ? closeAround(state, frame, inside) : state
}

const open = (state: IncidentState, frame: Frame, inside: Inside, block: Block): IncidentState => {
  const path = `${insidePath(state, frame)}/${block.name}`
  const child: Frame = {
    ...newFrame(path),
    parent: frame.path,
    block,
    ...(block.called ? { called: block.called } : {}),
  }
  return putFrame(putInside(state, frame, { ...inside, opened: inside.opened + 1 }), child)
}

const atOnce = (state: IncidentState, frame: Frame): number => {
  const step = currentStep(state, frame)
  return step.kind === 'each' ? step.maxParallel : Number.POSITIVE_INFINITY
}

const closeAround = (state: IncidentState, frame: Frame, inside: Inside): IncidentState => {
  const step = currentStep(state, frame)
  const output = outputOf(state, frame, inside)
  const { stopped } = inside
  if (frame.stopping !== undefined || stopped?.abort) {
    const because = stopped?.because ?? frame.stopping ?? ''
    const then: Then = stopped?.abort ? { to: 'abort', because } : { to: 'next' }
    return close(state, frame, { outcome: 'skipped', output, summary: `stopped: ${because}` }, then)
  }
  const failed = stopped?.because ?? badEnd(inside)
  return failed === undefined
    ? close(state, frame, { outcome: 'done', output, summary: doneWords(inside) }, { to: 'next' })
    : close(state, frame, { outcome: 'failed', output, summary: failed }, failureOf(step))
}

const BAD: ReadonlySet<Outcome | undefined> = new Set(['unresolved', 'aborted'])

/** Another runbook that has ended without success. */
const badEnd = ({ over }: Inside): string | undefined => {
  const bad = Object.entries(over).find(([, { outcome }]) => BAD.has(outcome))
  return bad && `${bad[0]} ended ${bad[1].outcome}`
}

const doneWords = ({ blocks, over }: Inside): string => {
  const [first] = blocks
  if (first === undefined) return 'there is nothing in the list'
  if (first.called) return `${first.name} ended ${over[first.name]?.outcome}`
  if (first.item === undefined) return `${blocks.map(({ name }) => name).join(', ')}: done`
  return `done for ${blocks.length === 1 ? 'one item' : `${blocks.length} items`}`
}

/** What expressions outside see of it: by branch, by item in the order of the list, or the outcome of another runbook. */
const outputOf = (state: IncidentState, frame: Frame, { blocks, over }: Inside): Json => {
  const kind = currentStep(state, frame).kind
  const outputs = blocks.map(({ name }) => [name, over[name]?.outputs ?? {}] as const)
  if (kind === 'each') return { items: outputs.map(([, output]) => output) }
  if (kind === 'parallel') return Object.fromEntries(outputs)
  const [first] = blocks
  return { outcome: (first && over[first.name]?.outcome) ?? 'aborted' }
}

const outputsOf = ({ results }: Frame): JsonObject =>
  Object.fromEntries(
    Object.entries(results).flatMap(([id, { output }]) => (output === undefined ? [] : [[id, output]])),
  )

const childrenOf = (state: IncidentState, path: string): readonly Frame[] =>
  Object.values(state.frames).filter(({ parent }) => parent === path)

const insideOf = ({ path, phase }: Frame): Inside => {
  if (phase.at !== 'inside') throw new Error(`frame ${path} has no frames inside in phase ${phase.at}`)
  return phase.inside
}

const putInside = (state: IncidentState, frame: Frame, inside: Inside): IncidentState =>
  putFrame(state, { ...frame, phase: { at: 'inside', inside } })
