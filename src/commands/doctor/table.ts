import { hang } from '../../hosts/lines/layout.js'
import type { Paint } from '../../hosts/lines/paint.js'
import type { Finding } from './contract.js'

export type Row = Finding & { readonly check: string }

const WORD = { ok: 'ok', warn: 'WARN', fail: 'FAIL', skipped: 'skip' } as const
const TONE = { ok: 'good', warn: 'warn', fail: 'bad', skipped: 'quiet' } as const
const STATE_WIDTH = 6
const NAME_WIDTH = 14

/** `FAIL  proxies       edge p5: Its socket …`, and what to do below it. */
export const rowText = ({ check, state, target, detail, next }: Row, paint: Paint, width: number): string => {
  const indent = ' '.repeat(STATE_WIDTH + NAME_WIDTH)
  const told = hang(indent, target === undefined ? detail : `${target}: ${detail}`, width, line => line)
  const advice =
    next === undefined ? '' : `\n${indent}${hang(`${indent}  `, `next: ${next}`, width, line => line)}`
  return `${paint(TONE[state], WORD[state].padEnd(STATE_WIDTH))}${check.padEnd(NAME_WIDTH)}${told}${advice}`
}

export const count = (rows: readonly Row[], state: Finding['state']): number =>
  rows.filter(row => row.state === state).length
