import * as z from 'zod'
import { parseDuration } from '../../domain/duration.js'

export const whole = (from: number, to: number) => z.int().min(from).max(to)
export const name = z.string().min(1)

/** `90s`, or `-4m` for before the alert. Milliseconds. */
export const offset = z.string().transform((text, context) => {
  const ms = parseDuration(text.replace(/^-/, ''))
  if (ms !== undefined) return text.startsWith('-') ? -ms : ms
  context.addIssue({ code: 'custom', message: 'must be a duration, such as 45s, 2m30s or -4m' })
  return z.NEVER
})

export const duration = offset.refine(ms => ms > 0, { message: 'must be longer than nothing' })

export const range = (of: z.ZodType<number>) =>
  z.strictObject({ from: of, to: of }).refine(({ from, to }) => from <= to, {
    message: 'must not be more than `to`',
    path: ['from'],
  })
