import { variableOf } from '../domain/secret.js'
import { quotedWord } from '../domain/shell-word.js'
import type { TextOrSecret } from './secret-reference.js'

/** A word as a POSIX shell reads it; a secret as the variable that holds it. */
export const quoted = (word: TextOrSecret): string => {
  if (typeof word !== 'string')
    return `${word.prefix === undefined ? '' : quoted(word.prefix)}"$${variableOf(word.secret)}"`
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quotedWord(word)
}

export const shellLine = (argv: readonly string[]): string => argv.map(quoted).join(' ')
