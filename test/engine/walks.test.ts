import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/domain/event.js'
import { STEP_KIND } from '../../src/domain/runbook.js'
import { pending } from '../../src/engine/pending.js'
import { replay } from '../../src/engine/replay.js'
import { CELLS, cellsOf, LEGACY } from './cells.js'
import { accepts, stamp } from './histories.js'
import { walk, walks } from './walks.js'

/** As a journal gives them back: through bytes, without anything that JSON does not keep. */
const read = (events: readonly Event[]): Event[] => JSON.parse(JSON.stringify(events))

/** Whatever makes a plan, agrees to one or acts on one. */
const CONSENT: readonly string[] = ['plan.made', 'plan.changed', 'gate.decided', 'apply.started']
const isConsent = ({ type }: Event): boolean => CONSENT.includes(type)

const AGREED = ['gate.decided approved', 'apply.started']

/** The last two events of that frame that are about consent; whatever ends an apply ends what was agreed to. */
const consentIn = (frame: string, events: readonly Event[]): string[] =>
  events
    .filter(event => event.frame === frame && (isConsent(event) || OVER.includes(event.type)))
    .slice(-2)
    .map(event => (event.type === 'gate.decided' ? `${event.type} ${event.data.decision}` : event.type))

const OVER: readonly string[] = ['apply.finished', 'step.finished', 'undo.finished']

const RUNS = { numRuns: 150 }

describe('a random legal walk through a random runbook', () => {
  it('replays from any prefix to the state that was live there, with the same things pending', () => {
    fc.assert(
      fc.property(walks, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), (one, cuts) => {
        const incident = walk(one)
        for (const cut of [...cuts.map(n => n % incident.states.length), incident.states.length - 1]) {
          const replayed = replay(read(incident.events.slice(0, cut)))
          const live = incident.states[cut]!
          expect(replayed).toEqual({ ok: true, value: live })
          expect(replayed.ok && pending(replayed.value)).toEqual(pending(live))
        }
      }),
      RUNS,
    )
  })

  it('always has something pending while it is open, one thing a frame, and nothing when it is over', () => {
    fc.assert(
      fc.property(walks, one => {
        const incident = walk(one)
        for (const state of incident.states) {
          const own = pending(state).filter(command => command.do !== 'posture')
          expect(own.length > 0).toBe(state.status === 'open')
          expect(new Set(own.map(({ frame }) => frame)).size).toBe(own.length)
          const asked = pending(state).length - own.length
          expect(asked).toBe(state.status === 'open' && state.raised ? 1 : 0)
        }
      }),
      RUNS,
    )
  })

  it('stands at the time of its last event', () => {
    fc.assert(
      fc.property(walks, fc.nat(), (one, cut) => {
        const { events, states } = walk(one)
        const n = 1 + (cut % events.length)
        expect(states[n]?.at).toBe(events[n - 1]?.at)
        expect(states[n]?.openedAt).toBe(events[0]?.at)
      }),
      RUNS,
    )
  })

  it('ends within a bound once its answers lead out', () => {
    fc.assert(
      fc.property(walks, one => {
        expect(walk(one).state().status).toBe('ended')
      }),
      RUNS,
    )
  })

  it('ends as an incident where effects are applied, and as a rehearsal where they are withheld', () => {
    fc.assert(
      fc.property(walks, one => {
        const incident = walk(one)
        expect(incident.events.at(-1)?.type).toBe(one.withheld ? 'dry_run.ended' : 'incident.ended')
      }),
      RUNS,
    )
  })

  it('counts one visit for each time that a step is entered in its frame', () => {
    fc.assert(
      fc.property(walks, one => {
        const incident = walk(one)
        const entries = new Map<string, number>()
        for (const event of incident.events) {
          if (event.type !== 'step.entered') continue
          const { step, visit } = event.data
          const key = `${event.frame}/${step}`
          entries.set(key, (entries.get(key) ?? 0) + 1)
          expect(visit).toBe(entries.get(key))
        }
        for (const [path, { visits }] of Object.entries(incident.state().frames))
          for (const [step, visit] of Object.entries(visits)) expect(entries.get(`${path}/${step}`)).toBe(visit)
      }),
      RUNS,
    )
  })

  it('accepts the start of an op only after an approved gate and the start of an apply in its own frame', () => {
    fc.assert(
      fc.property(walks, one => {
        const { events, states } = walk(one)
        for (const [n, state] of states.entries())
          for (const frame of new Set([...Object.keys(state.frames), 'main', 'undo#1'])) {
            const data = { step: 's0', visit: 1, op: 'new', kind: 'set', target: 't', args: {}, token: 't' }
            const event = stamp({ type: 'op.started', frame, data })
            if (accepts(state, event)) expect(consentIn(frame, events.slice(0, n))).toEqual(AGREED)
          }
      }),
      RUNS,
    )
  })

  it('accepts the start of an op wherever an apply is under way', () => {
    fc.assert(
      fc.property(walks, one => {
        for (const state of walk(one).states)
          for (const [frame, { phase }] of Object.entries(state.frames)) {
            const data = { step: 's0', visit: 1, op: 'new', kind: 'set', target: 't', args: {}, token: 't' }
            const mayAct = state.status !== 'paused' && phase.at === 'applying'
            expect(accepts(state, stamp({ type: 'op.started', frame, data }))).toBe(mayAct)
          }
      }),
      RUNS,
    )
  })

  it('takes every row of both tables, but for what only 0.1.0 wrote, over some thousand walks', () => {
    const taken = new Set(fc.sample(walks, { numRuns: 4_000, seed: 1 }).flatMap(one => cellsOf(walk(one))))
    expect(CELLS.filter(cell => !taken.has(cell))).toEqual([LEGACY])
  })

  it('applies only a plan that a gate approved, by its digest', () => {
    fc.assert(
      fc.property(walks, one => {
        const all = walk(one).events.filter(isConsent)
        for (const [index, event] of all.entries())
          if (event.type === 'apply.started')
            expect(all.slice(0, index).findLast(({ frame }) => frame === event.frame)).toMatchObject({
              type: 'gate.decided',
              data: { decision: 'approved', digest: event.data.digest },
            })
      }),
      RUNS,
    )
  })

  it('ends as aborted once the operator has aborted, and begins no other apply of its runbook', () => {
    fc.assert(
      fc.property(walks, one => {
        const incident = walk(one)
        const at = incident.events.findIndex(
          event =>
            event.type === 'question.answered' && event.data.option === 'abort' && event.frame !== 'undo',
        )
        if (at === -1) return
        expect(incident.state().outcome).toBe('aborted')
        const begun = incident.events
          .slice(at)
          .filter(({ type, frame }) => type === 'apply.started' && frame?.startsWith('main'))
        expect(begun).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('visits every kind of step that there is, over some hundred runbooks', () => {
    const kinds = new Set<string>()
    for (const one of fc.sample(walks, { numRuns: 200, seed: 1 }))
      for (const { kind } of one.runbook.steps) kinds.add(kind)
    expect([...kinds].sort()).toEqual(Object.keys(STEP_KIND).sort())
  })
})
