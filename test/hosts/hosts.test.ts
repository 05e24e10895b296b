import { describe, expect, it } from 'vitest'
import { noCapacity } from '../../src/domain/plan.js'
import { createJsonHost } from '../../src/hosts/json/host.js'
import { createLinesHost } from '../../src/hosts/lines/host.js'
import { paintFor } from '../../src/hosts/lines/paint.js'
import { plan } from '../engine/histories.js'
import { notice, testStreams } from './streams.js'

const note = notice({ type: 'note.added', data: { text: 'paged the commander' } })
const entered = (phase?: string) =>
  notice({
    type: 'step.entered',
    frame: 'main',
    data: {
      step: 'survey',
      visit: 1,
      kind: 'check',
      title: 'Compare connections',
      ...(phase === undefined ? {} : { phase }),
    },
  })

describe('the JSON host', () => {
  it('writes the journal’s lines as they are, and nothing else', () => {
    const streams = testStreams()
    const host = createJsonHost(streams)
    const lines = ['{"v":1, "text": "ü \\u00fc"}', '{}']
    for (const line of lines) host.notify({ ...note, line })
    expect(streams.said.out()).toBe('{"v":1, "text": "ü \\u00fc"}\n{}\n')
    expect(streams.said.err()).toBe('')
  })

  it('answers nothing, and does not read its input', async () => {
    const streams = testStreams()
    const host = createJsonHost(streams)
    const question = {
      id: 'q',
      kind: 'ask',
      step: 's',
      visit: 1,
      title: '',
      text: '',
      options: [],
      verbs: [],
    } as const
    expect(await host.request(question, new AbortController().signal)).toBeUndefined()
    expect(streams.input.listenerCount('data')).toBe(0)
    expect(streams.said.out()).toBe('')
  })
})

describe('the lines host', () => {
  const hostWith = (env: { readonly [name: string]: string } = {}, isTTY = false) => {
    const streams = testStreams()
    return { host: createLinesHost(streams, paintFor({ isTTY }, env)), said: streams.said }
  }

  it('writes a row with its time, on stderr: stdout is for results', () => {
    const { host, said } = hostWith()
    host.notify(note)
    expect(said.err()).toBe(`03:12:09  ${' '.repeat(12)}  note: paged the commander\n`)
    expect(said.out()).toBe('')
  })

  it('names a phase once, when it begins', () => {
    const { host, said } = hostWith()
    for (const phase of ['Assess', 'Assess', undefined, 'Mitigate']) host.notify(entered(phase))
    expect(said.err().match(/== .*/g)).toEqual(['== Assess', '== Mitigate'])
  })

  it('shows a plan whole: its changes, warnings, undo and digest', () => {
    const { host, said } = hostWith()
    const shown = plan({ warnings: ['it cuts connections'], undo: ['it goes back'] })
    host.notify(notice({ type: 'plan.made', frame: 'main', data: { step: 'mend', visit: 1, plan: shown } }))
    for (const text of [
      'one change',
      'set r1: state old → state new',
      '! it cuts connections',
      'undo: it goes back',
    ])
      expect(said.err()).toContain(text)
    expect(said.err()).toContain(`digest ${shown.digest}`)
  })

  it('says of a plan that changes no capacity nothing about it', () => {
    const { host, said } = hostWith()
    const shown = plan({ blast: noCapacity(false) })
    host.notify(notice({ type: 'plan.made', frame: 'main', data: { step: 'mend', visit: 1, plan: shown } }))
    expect(said.err()).toContain('set r1: state old → state new')
    expect(said.err()).not.toContain('serving now')
    expect(said.err()).not.toContain('null')
  })

  it('says nothing of what is bookkeeping', () => {
    const { host, said } = hostWith()
    host.notify(
      notice({
        type: 'timer.fired',
        frame: 'main',
        data: { step: 'pause', visit: 1, due: '2026-11-23T03:12:09.000Z' },
      }),
    )
    expect(said.err()).toBe('')
  })
})

describe('colours', () => {
  const ESCAPE = '\u001b['
  it.each<[string, { readonly [name: string]: string }, boolean, boolean]>([
    ['are shown at a terminal', {}, true, true],
    ['are not shown where nobody watches', {}, false, false],
    ['are not shown with NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['are not shown with NO_COLOR, whatever it says', { NO_COLOR: 'false' }, true, false],
    ['are shown with an empty NO_COLOR, which says nothing', { NO_COLOR: '' }, true, true],
    ['are not shown at a dumb terminal', { TERM: 'dumb' }, true, false],
  ])('%s', (_what, env, isTTY, coloured) => {
    const painted = paintFor({ isTTY }, env)('bad', 'it failed')
    expect(painted.includes(ESCAPE)).toBe(coloured)
    expect(painted).toContain('it failed')
  })

  it('are not used for plain text', () => {
    expect(paintFor({ isTTY: true }, {})('plain', 'as it is')).toBe('as it is')
  })
})
