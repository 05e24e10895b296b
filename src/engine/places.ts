import { parentOf } from './frames.js'
import type { Frame, IncidentState } from './state.js'

/** `many[0].act.drain`: a step by the frames that it stands in, outermost first. */
export const placeWords = (frame: string | undefined, step: string): string =>
  [...insideOf(frame).map(({ around, name }) => partWords(around, name)), step].join('.')

/** Is that frame inside a step? Then several may be at work. */
export const isInside = (frame: string | undefined): boolean => insideOf(frame).length > 0

/** `i-8b29, act: `: of which item, branch or runbook a question is; nothing in the runbook's own frame. */
export const aboutWords = (state: IncidentState, frame: Frame): string => {
  const words = around(state, frame).flatMap(({ block, called }) => {
    if (called) return [called.runbook]
    return block === undefined
      ? []
      : [block.item === undefined ? block.name : itemWords(block.name, block.item)]
  })
  return words.length === 0 ? '' : `${words.join(', ')}: `
}

type Inside = { readonly around: string; readonly name: string }

/** The steps that a path leads through, and which of their frames. */
const insideOf = (path = ''): readonly Inside[] =>
  [...path.matchAll(/\/([^/#]+)#\d+\/([^/]+)/g)].map(([, around = '', name = '']) => ({ around, name }))

/** An item by its place in the list; a runbook that was handed over to by its own name. */
const partWords = (around: string, name: string): string =>
  /^\d+$/.test(name) ? `${around}[${name}]` : name.replace(/^.*>\d+\./, '')

const around = (state: IncidentState, frame: Frame): readonly Frame[] => {
  const parent = parentOf(state, frame)
  return parent ? [...around(state, parent), frame] : []
}

/** Most things of a fleet have an id; what has none is told by its place. */
const itemWords = (name: string, item: unknown): string => {
  if (typeof item === 'string' || typeof item === 'number') return String(item)
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined
  return typeof id === 'string' ? id : `item ${Number(name) + 1}`
}
