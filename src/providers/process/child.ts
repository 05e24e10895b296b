import path from 'node:path'
import { SECRET_FOLDER, SECRET_PREFIX } from '../../domain/secret.js'

/** What a program is called in messages and counts: its arguments are not part of it. */
export const nameOf = (argv: readonly string[]): string => path.basename(argv[0] ?? '')

/** The parent's environment without firebreak's secrets: a program gets those that it is given by name. */
export const childEnv = (parent: {
  readonly [name: string]: string | undefined
}): { [name: string]: string } => {
  const entries = Object.entries(parent).flatMap(([name, value]) =>
    value === undefined || name === SECRET_FOLDER || name.startsWith(SECRET_PREFIX)
      ? []
      : [[name, value] as const],
  )
  return Object.fromEntries(entries)
}
