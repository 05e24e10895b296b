import { styleText } from 'node:util'
import type { Tone } from '../../engine/timeline.js'

export type Paint = (tone: Tone, text: string) => string

const STYLE = { good: 'green', bad: 'red', warn: 'yellow', quiet: 'dim', title: 'bold' } as const

/** Colours only where a person watches and has not said no (https://no-color.org). */
export const paintFor = (
  stream: { isTTY?: boolean },
  env: { readonly [name: string]: string | undefined },
): Paint => {
  const colours = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  return (tone, text) =>
    colours && tone !== 'plain' ? styleText(STYLE[tone], text, { validateStream: false }) : text
}
