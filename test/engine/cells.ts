// The cells of the tables in transition.ts, and which of them a history takes.

import type { Phase } from '../../src/engine/state.js'
import { TABLE, UNDO_TABLE } from '../../src/engine/transition.js'
import type { Incident } from './histories.js'

type Table = { readonly [P in Phase['at']]?: object }

const cells = (table: Table, of: string): string[] =>
  Object.entries(table).flatMap(([phase, row]) => Object.keys(row).map(type => `${of}${phase} ${type}`))

export const CELLS: readonly string[] = [...cells(TABLE, ''), ...cells(UNDO_TABLE, 'undo: ')]

/** What only 0.1.0 wrote: this version reads it, and no run of it takes the cell. */
export const LEGACY = 'undoing undo.finished'

/** Table, phase and event type of every event that a phase owns. */
export const cellsOf = ({ events, states }: Incident): string[] =>
  events.flatMap(({ type, frame }, index) => {
    const at = frame === undefined ? undefined : states[index]?.frames[frame]
    if (!at) return []
    const table: Table = at.of ? UNDO_TABLE : TABLE
    return type in (table[at.phase.at] ?? {}) ? [`${at.of ? 'undo: ' : ''}${at.phase.at} ${type}`] : []
  })
