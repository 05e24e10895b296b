import type { Question } from '../../src/domain/question.js'
import { paintFor } from '../../src/hosts/lines/paint.js'
import { prompt } from '../../src/hosts/lines/prompt.js'
import { testStreams } from './streams.js'

export const option = (key: string) => ({ key, label: key, recommended: false })

/** Types each text once the screen shows what stands before it. */
export const asked = async (question: Question, ...script: (readonly [shown: string, typed: string])[]) => {
  const streams = testStreams()
  const input = streams.input as unknown as NodeJS.WritableStream
  const answer = prompt(streams, paintFor(streams.err, {}), question, new AbortController().signal)
  for (const [shown, typed] of script) {
    while (!streams.said.err().includes(shown)) await new Promise(resolve => setImmediate(resolve))
    input.write(`${typed}\r`)
  }
  return { answer: await answer, said: streams.said }
}
