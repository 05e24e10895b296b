import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createRedactor, type Redactor, type SecretValue, SHORTEST_SECRET } from '../domain/redact.js'
import { fail, ok, type Result } from '../domain/result.js'
import { SECRET_FOLDER, SECRET_NAME, SECRET_PREFIX, variableOf } from '../domain/secret.js'

/** The secrets that a process may use, and what keeps all that it knows out of sight. */
export type Secrets = {
  /** From the environment, else from the file of that name. */
  readonly secret: (name: string) => Result<string>
  /** For each value that is known by now: whoever holds on to it redacts what is read later, too. */
  readonly redact: Redactor
}

type Environment = { readonly [name: string]: string | undefined }

/** Credentials that are not ours to hand out, and must not be seen either. */
const HIDDEN = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const

const known = new WeakMap<Environment, Secrets>()

/** One for each environment: what an action has read must be redacted by the streams as well. */
export const secretsOf = (env: Environment): Secrets => {
  const before = known.get(env)
  if (before) return before
  const made = createSecrets(env)
  known.set(env, made)
  return made
}

export const createSecrets = (env: Environment): Secrets => {
  const values = valuesIn(env)
  let redactor = createRedactor(values)
  const remember = (secret: SecretValue): void => {
    if (values.some(({ value }) => value === secret.value)) return
    values.push(secret)
    redactor = createRedactor(values)
  }
  return {
    secret: name => {
      const found = find(env, name)
      if (!found.ok) return found
      if (found.value.length < SHORTEST_SECRET) return tooShort(name)
      remember({ name, value: found.value })
      return found
    },
    redact: { text: text => redactor.text(text), tree: tree => redactor.tree(tree) },
  }
}

const valuesIn = (env: Environment): SecretValue[] =>
  Object.entries(env).flatMap(([variable, value]) => {
    if (value === undefined) return []
    if (variable.startsWith(SECRET_PREFIX)) return [{ name: variable.slice(SECRET_PREFIX.length), value }]
    return HIDDEN.some(hidden => hidden === variable) ? [{ name: variable, value }] : []
  })

const find = (env: Environment, name: string): Result<string> => {
  // A name becomes part of a path.
  if (!SECRET_NAME.test(name))
    return fail('input.invalid', `${JSON.stringify(name)} is no name of a secret`, NAMED)
  const value = env[variableOf(name)]
  if (value !== undefined && value !== '') return ok(value)
  return fromFile(env, name) ?? missing(env, name)
}

const NAMED = 'a name has letters, digits, _ and - only, and begins with a letter'

/** Undefined where no folder is named, or the file is not there or empty. */
const fromFile = (env: Environment, name: string): Result<string> | undefined => {
  const folder = env[SECRET_FOLDER]
  if (!folder) return undefined
  const file = path.join(folder, name)
  try {
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    return value === '' ? undefined : ok(value)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT') return undefined
    return fail(
      'secret.missing',
      `the secret ${name} cannot be read from ${file} (${code})`,
      'let this user read that file, then visit the step again',
    )
  }
}

const missing = (env: Environment, name: string): Result<never> =>
  fail(
    'secret.missing',
    `there is no secret ${name}: ${variableOf(name)} is not set, and ${placeOf(env, name)}`,
    `set ${variableOf(name)}, or name a folder with a file ${name} in ${SECRET_FOLDER}; then resume`,
  )

const placeOf = (env: Environment, name: string): string =>
  env[SECRET_FOLDER]
    ? `${path.join(env[SECRET_FOLDER], name)} has none`
    : `${SECRET_FOLDER} names no folder to look in`

const tooShort = (name: string): Result<never> =>
  fail(
    'secret.short',
    `the secret ${name} has fewer than ${SHORTEST_SECRET} characters: it would be found in ordinary text, and could not be kept out of the record`,
    'use a longer one',
  )
