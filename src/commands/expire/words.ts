import type { StandingFilter } from '../../fleet/filters/filter.js'
import { atWords, deniedWords, untilWords } from '../support/filter-words.js'
import type { Outcome } from './remove.js'

/** What came of it, in a line on stdout; undefined of what could not be removed. */
export const doneWords = ({ standing, became }: Outcome): string | undefined => {
  switch (became.state) {
    case 'removed':
      return `removed ${atWords(standing)}: ${deniedWords({ ...standing, prefixes: became.prefixes })}${keptWords(became.kept)}`
    case 'gone':
      return `gone ${atWords(standing)}: ${became.kept.length > 0 ? 'nothing of it alone was left' : 'it was not there any more'}${keptWords(became.kept)}`
    case 'ended-unseen':
      return `ended ${atWords(standing)}: nobody could look (${became.failure.message}); its kernel has ended it by itself`
    default:
      return undefined
  }
}

const keptWords = (kept: readonly string[]): string =>
  kept.length > 0 ? `; ${kept.join(', ')} stays: another filter wants it` : ''

/** What is wrong, and what to do about it: lines for stderr. */
export const troubleWords = ({ standing, became, unstruck }: Outcome): readonly string[] => {
  if (became.state === 'unseen' || became.state === 'in-doubt' || became.state === 'stands')
    return [
      `firebreak: ${atWords(standing)} ${LEFT[became.state]}: ${became.failure.message}`,
      `  next: ${became.failure.next} ${nextWords(standing)}`,
    ]
  return unstruck
    ? [
        `! ${atWords(standing)} stays in the register, although nothing of it is left: ${unstruck.message}`,
        '  next: make that place writable; until then it is looked for again, and found gone',
      ]
    : []
}

const LEFT = {
  unseen: 'may still stand, nobody could look',
  'in-doubt': 'may or may not stand now',
  stands: 'still stands',
} as const

const nextWords = ({ filter, place, until }: StandingFilter): string =>
  place.by === 'nftables'
    ? `The kernel of ${place.proxy} ends it by itself at ${untilWords(until)}; an hour after that its record goes unseen.`
    : `Then \`firebreak expire ${filter}\` again; if ${place.by === 'network_acl' ? place.acl : place.proxy} is no more, \`firebreak expire --forget ${filter}\`.`
