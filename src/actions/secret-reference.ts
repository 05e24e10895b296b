import * as z from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../domain/json.js'
import { REDACTED } from '../domain/redact.js'
import { fail, ok, type Result } from '../domain/result.js'
import { SECRET_NAME } from '../domain/secret.js'
import type { Hands } from './contract.js'

const name = z.string().regex(SECRET_NAME, 'must have letters, digits, _ and - only, and begin with a letter')

/** Stays as it is in plans, args, results and the journal; its value is fetched where it is used. */
export const secretRef = z.strictObject({
  secret: name.describe('Name of the secret'),
  prefix: z.string().optional().describe('Text right before it, such as `Bearer `'),
})

export const textOrSecret = z.union([z.string(), secretRef])
export type TextOrSecret = z.output<typeof textOrSecret>

type Fetch = Hands['secret']

export const fillText = (value: TextOrSecret, fetch: Fetch): Result<string> => {
  if (typeof value === 'string') return ok(value)
  const fetched = fetch(value.secret)
  return fetched.ok ? ok(`${value.prefix ?? ''}${fetched.value}`) : fetched
}

export const fillTexts = (
  values: { readonly [key: string]: TextOrSecret },
  fetch: Fetch,
): Result<{ [key: string]: string }> => {
  const filled: { [key: string]: string } = {}
  for (const [key, value] of Object.entries(values)) {
    const text = fillText(value, fetch)
    if (!text.ok) return text
    filled[key] = text.value
  }
  return ok(filled)
}

/** References anywhere in a tree. */
export const fillTree = (tree: Json, fetch: Fetch): Result<Json> => {
  const ref = secretRef.safeParse(tree)
  if (ref.success) return fillText(ref.data, fetch)
  if (Array.isArray(tree)) return fillItems(tree, fetch)
  if (!isJsonObject(tree)) return ok(tree)
  const items = fillItems(Object.values(tree), fetch)
  if (!items.ok) return items
  return ok(Object.fromEntries(Object.keys(tree).map((key, index) => [key, items.value[index] ?? null])))
}

const fillItems = (items: readonly Json[], fetch: Fetch): Result<Json[]> => {
  const filled: Json[] = []
  for (const item of items) {
    const one = fillTree(item, fetch)
    if (!one.ok) return one
    filled.push(one.value)
  }
  return ok(filled)
}

/** A map that was meant as a reference, and would be sent as it is written. */
export const hasBrokenReference = (tree: Json): boolean => {
  if (Array.isArray(tree)) return tree.some(hasBrokenReference)
  if (!isJsonObject(tree)) return false
  const meant = 'secret' in tree && Object.keys(tree).every(key => key === 'secret' || key === 'prefix')
  return meant ? !secretRef.safeParse(tree).success : Object.values(tree).some(hasBrokenReference)
}

/** A value that was written out was redacted before anything read it: what is left of it must not be used. */
export const noWrittenSecret = (input: JsonObject): Result<null> => {
  const found = REDACTED.exec(JSON.stringify(input))
  if (!found) return ok(null)
  return fail(
    'input.invalid',
    `the value of a secret is written out in \`with\`, and was redacted: ${found[0]}`,
    'write a reference instead, { secret: NAME }, where one is taken; and change that secret, for it was in a file',
  )
}
