import { PassThrough } from 'node:stream'
import type { Streams } from '../contract.js'

export type Accepted = { readonly value: string }

/**
 * Reads one line with inquirer until `accept` takes it. Undefined at Ctrl-C, at the end of input and when
 * the signal fires: none of these is an answer.
 */
export const read = async (
  { input, err }: Streams,
  signal: AbortSignal,
  message: string,
  accept: (text: string) => Accepted | string,
): Promise<string | undefined> => {
  const { createPromptModule } = (await import('inquirer')).default
  const ended = new AbortController()
  const end = () => ended.abort()
  const { keys, release } = keysOf(input)
  // inquirer never settles when its input ends: a closed terminal or Ctrl-D would leave the question open for ever.
  const onKey = (_text: string, key: { readonly ctrl?: boolean; readonly name?: string } | undefined) => {
    if (key?.ctrl && key.name === 'd') end()
  }
  input.once('end', end)
  input.once('error', end)
  keys.on('keypress', onKey)
  try {
    const ask = createPromptModule({
      input: keys,
      output: err,
      signal: AbortSignal.any([signal, ended.signal]),
    })
    const validate = (text: string) => {
      const accepted = accept(text)
      return typeof accepted === 'string' ? accepted : true
    }
    // What was wrong is taken off the line: whoever answers again must not add to it.
    const theme = { validationFailureMode: 'clear' as const }
    const { answer } = await ask([{ type: 'input', name: 'answer', message, validate, theme }])
    const accepted = accept(answer)
    return typeof accepted === 'string' ? undefined : accepted.value
  } catch (error) {
    if (isGivenUp(error)) return undefined
    throw error
  } finally {
    input.off('end', end)
    input.off('error', end)
    release()
  }
}

/**
 * What inquirer reads from: the keys, and nothing else. Its readline throws what its input emits as an error,
 * where nobody can catch it; a terminal that is closed is such an error, and must end the question only.
 */
const keysOf = (input: NodeJS.ReadStream) => {
  const setRawMode = (raw: boolean) => input.setRawMode?.(raw)
  const keys = Object.assign(new PassThrough(), { isTTY: input.isTTY, setRawMode })
  const pass = (chunk: Buffer | string) => keys.write(chunk)
  input.on('data', pass)
  input.resume() // a listener alone does not wake an input that was paused
  const release = () => {
    input.off('data', pass)
    input.pause()
  }
  return { keys, release }
}

/** inquirer tells these apart by name only. */
const isGivenUp = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')
