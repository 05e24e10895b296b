/** A word between quotes, as a POSIX shell reads it: nothing in it means anything to the shell. */
export const quotedWord = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
