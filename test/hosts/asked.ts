import type { Question } from '../../src/domain/question.js'
import { paintFor } from '../../src/hosts/lines/paint.js'
import { prompt, type Terminal } from '../../src/hosts/lines/prompt.js'
import { createScreen } from '../../src/hosts/lines/screen.js'
import { type TestStreams, testStreams } from './streams.js'

export const option = (key: string) => ({ key, label: key, recommended: false })

export const terminalOn = (streams: TestStreams): Terminal => {
  const paint = paintFor(streams.err, {})
  return { streams, paint, screen: createScreen(streams, paint) }
}

/** Types each text once the screen shows what stands before it. */
export const asked = async (question: Question, ...script: (readonly [shown: string, typed: string])[]) => {
  const streams = testStreams()
  const input = streams.input as unknown as NodeJS.WritableStream
  const answer = prompt(terminalOn(streams), question, new AbortController().signal)
  for (const [shown, typed] of script) {
    while (!streams.said.err().includes(shown)) await new Promise(resolve => setImmediate(resolve))
    input.write(`${typed}\r`)
  }
  return { answer: await answer, said: streams.said }
}
