import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/domain/plan.js'
import type { Question } from '../../src/domain/question.js'
import { createLinesHost } from '../../src/hosts/lines/host.js'
import { paintFor } from '../../src/hosts/lines/paint.js'
import { plan } from '../engine/histories.js'
import { option } from './asked.js'
import { notice, testStreams } from './streams.js'

const gate = (title: string, shown: Plan): Question => ({
  id: title,
  kind: 'gate',
  step: 'mend',
  visit: 1,
  title,
  text: 'Carry out this plan?',
  options: [option('approve'), option('decline')],
  verbs: [],
  gate: { level: 'operator', reasons: ['it adds capacity'], plan: shown },
})

const LEFT = plan({ summary: 'the plan on the left', digest: 'a'.repeat(64) })
const RIGHT = plan({ summary: 'the plan on the right', digest: 'b'.repeat(64) })
const made = (shown: Plan) =>
  notice({ type: 'plan.made', frame: 'main', data: { step: 'mend', visit: 1, plan: shown } })
const note = (text: string) => notice({ type: 'note.added', data: { text } })

const terminal = () => {
  const streams = testStreams()
  const host = createLinesHost(streams, paintFor(streams.err, {}))
  const input = streams.input as unknown as NodeJS.WritableStream
  const { err } = streams.said
  const shows = async (text: string) => {
    while (!err().includes(text)) await new Promise(resolve => setImmediate(resolve))
  }
  return {
    host,
    err,
    shows,
    type: (text: string) => input.write(`${text}\r`),
    signal: new AbortController().signal,
  }
}

const times = (text: string, part: string): number => text.split(part).length - 1

describe('the screen, while a question is open', () => {
  it('shows nothing of what happens beside it, and all of it when it is answered', async () => {
    const { host, err, shows, type, signal } = terminal()
    const answer = host.request(gate('left', LEFT), signal)
    await shows('approve / decline')
    host.notify(note('paged the team'))
    host.notify(made(RIGHT))
    expect(err()).not.toContain('paged the team')
    type('approve')
    await answer
    expect(err().indexOf('paged the team')).toBeGreaterThan(err().indexOf('approve / decline'))
    expect(err()).toContain('the plan on the right')
  })

  it('tells it at a bare Enter, and puts the question again below it with its plan', async () => {
    const { host, err, shows, type, signal } = terminal()
    const answer = host.request(gate('left', LEFT), signal)
    await shows('approve / decline')
    host.notify(made(RIGHT))
    type('')
    await shows('the plan on the right')
    await shows('approve / decline')
    const below = err().slice(err().indexOf('the plan on the right'))
    expect(below).toContain('the plan on the left')
    expect(below.indexOf('? left')).toBeGreaterThan(below.indexOf('the plan on the left'))
    type('decline')
    expect(await answer).toEqual({ option: 'decline', by: 'operator' })
  })

  it('shows the plan that is asked about once where nothing came between', async () => {
    const { host, err, shows, type, signal } = terminal()
    host.notify(made(LEFT))
    const answer = host.request(gate('left', LEFT), signal)
    await shows('approve / decline')
    type('approve')
    await answer
    expect(times(err(), 'the plan on the left')).toBe(1)
  })

  it('shows it again where another one was shown since', async () => {
    const { host, err, shows, type, signal } = terminal()
    host.notify(made(LEFT))
    host.notify(made(RIGHT))
    const answer = host.request(gate('left', LEFT), signal)
    await shows('approve / decline')
    expect(times(err(), 'the plan on the left')).toBe(2)
    expect(err().lastIndexOf('the plan on the left')).toBeGreaterThan(err().indexOf('the plan on the right'))
    type('approve')
    await answer
  })
})
