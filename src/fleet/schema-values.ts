import * as z from 'zod'
import { parseDuration } from '../domain/duration.js'
import { parsePrefix } from './addresses/parse-prefix.js'
import type { PerPosture } from './fleet.js'

/** A duration as people write it; milliseconds when read. */
export const duration = z.string().transform((written, context) => {
  const ms = parseDuration(written)
  if (ms !== undefined && ms > 0) return ms
  context.addIssue({ code: 'custom', message: 'must be a duration, such as 90s, 10m or 4h' })
  return z.NEVER
})

/** A number, or one per posture; both postures when read. The aggressive one is never the stricter one. */
export const perPosture = (limit: z.ZodNumber) =>
  z
    .union([limit, z.strictObject({ conservative: limit, aggressive: limit })])
    .transform(
      (value): PerPosture => (typeof value === 'number' ? { conservative: value, aggressive: value } : value),
    )
    .refine(
      ({ conservative, aggressive }) => aggressive >= conservative,
      'must not have an aggressive limit below the conservative one',
    )

/** A name of HAProxy: what it admits, so that none can carry a second command. */
export const haproxyName = z.string().regex(/^[A-Za-z0-9_.:-]+$/, 'must have letters, digits, and - _ . : only')

/** A file that haproxy.cfg names after `-f`: the runtime API knows the list by just these words. */
export const haproxyFile = z
  .string()
  .regex(
    /^[\w@+=,./:-]+$/,
    'must be the path of a list as haproxy.cfg has it after `-f`, without spaces: /etc/haproxy/denied.lst',
  )

export const port = z.int().min(1).max(65_535)

/** An address or prefix; canonical when read. */
export const prefix = z.string().transform((written, context) => {
  const parsed = parsePrefix(written)
  if (parsed.ok) return parsed.value.prefix
  context.addIssue({
    code: 'custom',
    message: `cannot be read: ${parsed.failure.message}. ${parsed.failure.next}`,
  })
  return z.NEVER
})

/** Never the beginning of an option. */
export const sshUser = z.string().regex(/^[A-Za-z0-9_][\w.-]*$/, 'must be the name of a user')

/** A tag, a name, a field of a target. */
export const text = z.string().min(1)
