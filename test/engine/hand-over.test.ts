import { describe, expect, it } from 'vitest'
import { type Event, MAIN_FRAME } from '../../src/domain/event.js'
import { type HandOver, handOver } from '../../src/engine/hand-over.js'
import { EMPTY, type IncidentState, type OpState } from '../../src/engine/state.js'
import { action, ask, end, LIVE, runbook } from './histories.js'

const op = (key: string, more: Partial<OpState> = {}): OpState => ({
  op: key,
  kind: 'launch',
  target: key,
  frame: MAIN_FRAME,
  step: 'replace',
  visit: 1,
  args: {},
  token: 't',
  status: 'finished',
  ...more,
})

/** An incident that stands at a question, after these ops. */
const stateWith = (...ops: readonly OpState[]): IncidentState => ({
  ...EMPTY,
  status: 'open',
  at: '2026-11-23T03:20:00.000Z',
  opened: {
    definition: runbook(action('replace', { title: 'Replace the worst proxy' }), ask('more'), end('over')),
    inputs: {},
    mode: LIVE,
    posture: 'conservative',
    tool: '1',
    fleet: { file: '/fleet.yaml', namespace: 'n', guardrailsHash: 'g' },
  },
  openedAt: '2026-11-23T03:12:00.000Z',
  frames: {
    [MAIN_FRAME]: {
      path: MAIN_FRAME,
      index: 1,
      phase: { at: 'asking', text: 'Three more?', labels: {} },
      visits: { replace: 2, more: 1 },
      counts: {},
      results: {},
    },
  },
  ops: [Object.fromEntries(ops.map(one => [one.op, one]))],
})

const NOW: HandOver = { now: '2026-11-23T04:00:00.000Z' }

/** The lines under one heading. */
const under = (heading: string, lines: readonly string[]): string[] => {
  const from = lines.findIndex(line => line.startsWith(heading))
  const rest = lines.slice(from + 1)
  const until = rest.findIndex(line => !line.startsWith('  '))
  return (until < 0 ? rest : rest.slice(0, until)).map(line => line.trim())
}

describe('a hand-over', () => {
  it('tells what was done, a line a visit, in the order in which it was done', () => {
    const state = stateWith(op('a'), op('b', { kind: 'move' }), op('c', { visit: 2 }))
    expect(under('done', handOver(state, [], NOW))).toEqual([
      'Replace the worst proxy (replace): launch a, move b',
      'Replace the worst proxy (replace), visit 2: launch c',
    ])
  })

  it('leaves out looks, and what failed, was refused or did not happen', () => {
    const left = (['failed', 'refused', 'not-done'] as const).map(status => op(status, { status }))
    const lines = handOver(stateWith(op('looked', { look: true }), ...left), [], NOW)
    expect(under('done', lines)).toEqual(['nothing'])
    expect(under('stands', lines)).toEqual(['nothing'])
  })

  it('tells what still stands, newest first, and what was taken back', () => {
    const state = stateWith(op('a'), op('b'), op('c', { undone: true }))
    const lines = handOver(state, [], NOW)
    expect(under('stands', lines)).toEqual(['launch b', 'launch a'])
    expect(under('done', lines)[0]).toContain('launch c (taken back since)')
  })

  it('tells what is in doubt, as open and not as done', () => {
    const lines = handOver(stateWith(op('a', { status: 'started' })), [], NOW)
    expect(under('done', lines)).toEqual(['nothing'])
    expect(under('stands', lines)).toEqual(['nothing'])
    expect(under('open', lines)[0]).toMatch(/^in doubt: launch a/)
  })

  it('tells what is asked, also of an incident that is paused', () => {
    for (const status of ['open', 'paused'] as const)
      expect(under('open', handOver({ ...stateWith(), status }, [], NOW)).join()).toContain('Three more?')
  })

  it('has the notes, each with its time', () => {
    const note: Event = {
      type: 'note.added',
      at: '2026-11-23T03:15:00.000Z',
      actor: 'operator',
      data: { text: 'called the network team' },
    }
    expect(under('notes', handOver(stateWith(), [note], NOW))).toEqual(['03:15:00 called the network team'])
  })

  it('says who was there and when a key was last pressed', () => {
    const from = { host: 'bastion', pid: 7, fence: 1 }
    const lastKey = '2026-11-23T03:48:00.000Z'
    expect(under('last there', handOver(stateWith(), [], { ...NOW, from: { ...from, lastKey } }))).toEqual([
      `process 7 on bastion: a key was last pressed 12m ago, at ${lastKey}`,
    ])
    expect(under('last there', handOver(stateWith(), [], { ...NOW, from }))).toEqual([
      'process 7 on bastion: no key was pressed there',
    ])
    expect(under('last there', handOver(stateWith(), [], NOW))).toEqual(['nobody was working on it'])
  })
})
