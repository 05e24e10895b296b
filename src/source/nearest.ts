import leven from 'leven'

/** Longer than any name of ours: the distance is not worth its quadratic time. */
const LONGEST_WORD = 64

/** The candidate that a person most likely meant; undefined where none is close. Case counts little. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  if (word.length > LONGEST_WORD) return undefined
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const distance = leven(word.toLowerCase(), candidate.toLowerCase())
    if (distance > allowed(word, candidate) || distance >= bestDistance) continue
    best = candidate
    bestDistance = distance
  }
  return best
}

/** The same, as the sentence of a suggestion. */
export const didYouMean = (word: string, candidates: Iterable<string>): string | undefined => {
  const found = nearest(word, candidates)
  return found === undefined ? undefined : `did you mean \`${found}\`?`
}

/** Two typos, or one swap of letters, from four letters on; more in long names. */
const allowed = (a: string, b: string): number => {
  const length = Math.max(a.length, b.length)
  return length < 4 && sorted(a) !== sorted(b) ? 1 : Math.max(2, Math.floor(length * 0.35))
}

const sorted = (word: string): string => [...word.toLowerCase()].sort().join('')
