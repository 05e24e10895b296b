import * as z from 'zod'
import { parseDuration } from '../domain/duration.js'
import { LONGEST, LONGEST_MS } from './longest.js'

/** `90s`, `2m30s`, `1h`, at most 30 days; milliseconds when read. */
export const duration = z.string('must be a duration such as 90s, 2m30s or 1h').transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined && ms <= LONGEST_MS) return ms
  const issue =
    ms === undefined
      ? { message: `\`${text}\` is not a duration`, suggestion: 'write 90s, 2m30s or 1h' }
      : { message: `\`${text}\` is longer than 30 days`, suggestion: `write at most ${LONGEST}` }
  context.addIssue({
    code: 'custom',
    message: issue.message,
    params: { suggestion: issue.suggestion },
  })
  return z.NEVER
})

/** Time that passes between two things: with less of it a circle of steps would spin. */
export const pause = duration.refine(ms => ms >= 1_000, 'must be at least 1s')

export const text = z.string().min(1)

/** Text without expressions: shown before anything is evaluated. */
export const plainText = text.refine(value => !value.includes('${{'), {
  error: 'cannot have ${{ }} in it: it is shown before anything is evaluated',
})

/** A CEL expression, bare. YAML makes booleans of `true` and `false`; they are expressions too. */
export const expression = z.union([text, z.boolean()]).transform(String)

/** A name that expressions can read. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'must be lower case letters, digits and _, beginning with a letter')

/** A row of a list of steps, which is read by itself: what it must be, its kind says. */
export const stepRow = z.unknown().meta({ title: 'steps' })

/** What the language has and this version does not run: said so, instead of called unknown. */
export const NOT_YET = 'not-yet'

export const notYetMessage = (key: string): string =>
  `\`${key}\` is part of the language, but this version of firebreak does not run it yet`
