import type { Tone } from '../../engine/timeline.js'

/** Text that goes on under itself, right of its lead: no name of a runbook stands in a lead, for it may be long. */
export type Entry = { readonly lead: string; readonly text: string; readonly tone?: Tone }

export const BLANK: Entry = { lead: '', text: '' }

export const at = (indent: number, text: string): Entry => ({ lead: ' '.repeat(indent), text })

export const labelled = (label: string, text: string): Entry => ({ lead: `    ${label}: `, text })

/** The same further to the right; an empty line stays empty. */
export const shifted = (entries: readonly Entry[]): readonly Entry[] =>
  entries.map(entry => (entry === BLANK ? entry : { ...entry, lead: `    ${entry.lead}` }))
