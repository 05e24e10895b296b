import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { createSystemClock } from '../../runtime/system-clock.js'
import { type FilterReach, openFilterReach } from '../support/filter-reach.js'
import { atWords, deniedWords } from '../support/filter-words.js'
import { giveUp, type Io } from '../support/io.js'
import type { ExpireOptions } from './contract.js'
import { listed } from './list.js'
import { ownFleet } from './own-fleet.js'
import { type Report, type Row, tell } from './report.js'
import { isLeaving, type Swept, sweep, type Tagged, taggedIn } from './sweep-acl.js'

/** With register and journal lost: the tags of the ACL say whose each entry is, and until when. */
export const expireFromAcl = async (io: Io, acl: string, options: ExpireOptions): Promise<ExitCode> => {
  const region = await regionFor(io, options)
  if (!region.ok) return giveUp(io, region.failure)
  const clock = createSystemClock()
  const reach = openFilterReach(clock)
  try {
    const report = await reportOn({ acl, region: region.value }, reach, options, clock.now())
    return report.ok ? tell(io, report.value, options.json, clock.now()) : giveUp(io, report.failure)
  } finally {
    reach.close()
  }
}

const regionFor = async (io: Io, options: ExpireOptions): Promise<Result<string>> => {
  const said =
    options.region ?? (await ownFleet(io, options))?.region ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION
  return said === undefined
    ? fail('usage', 'the region of the ACL is not known here', 'name it: --region us-east-1')
    : ok(said)
}

const reportOn = async (
  where: { readonly acl: string; readonly region: string },
  reach: FilterReach,
  { list, dryRun, all }: ExpireOptions,
  now: number,
): Promise<Result<Report>> => {
  const providers = reach.at({ by: 'network_acl', number: 0, ...where })
  const tagged = await taggedIn(where, providers)
  if (!tagged.ok) return tagged
  if (list) return ok(listed(tagged.value.map(listRow), now, `No tag of ${where.acl} tells of a filter.`))
  const leaving = tagged.value.filter(one => isLeaving(one, all === true, now))
  return ok(dryRun ? foretold(leaving) : sweptReport(await sweep(leaving, providers)))
}

const listRow = ({ standing, entry }: Tagged): Row => ({ standing, message: ENTRY_WORDS[entry] })

const ENTRY_WORDS = {
  ours: 'its entry is there',
  other: 'another entry has that number: it is left alone',
  none: 'its entry is gone, and only the tag is left',
} as const satisfies { readonly [E in Tagged['entry']]: string }

const foretold = (leaving: readonly Tagged[]): Report => {
  const going = leaving.filter(({ entry }) => entry !== 'other')
  return {
    rows: leaving.map(({ standing, entry }) => ({ standing, state: FORETOLD[entry] })),
    lines: going.map(({ standing, entry }) =>
      entry === 'ours'
        ? `would remove ${atWords(standing)}: ${deniedWords(standing)}`
        : `would remove the tag of ${atWords(standing)}: ${ENTRY_WORDS.none}`,
    ),
    troubles: leaving.filter(({ entry }) => entry === 'other').flatMap(otherLines),
    exit: EXIT.done,
  }
}

const FORETOLD = { ours: 'would-remove', none: 'would-untag', other: 'other' } as const

const sweptReport = (swept: readonly Swept[]): Report => ({
  rows: swept.map(({ standing, state, failure }) => ({
    standing,
    state,
    ...(failure ? { message: failure.message } : {}),
  })),
  lines: swept.flatMap(({ standing, state }) => {
    if (state === 'removed') return [`removed ${atWords(standing)}: ${deniedWords(standing)}`]
    return state === 'untagged' ? [`removed the tag of ${atWords(standing)}: ${ENTRY_WORDS.none}`] : []
  }),
  troubles: swept.flatMap(troubleLines),
  exit: swept.every(({ state }) => state === 'removed' || state === 'untagged') ? EXIT.done : EXIT.unresolved,
})

const troubleLines = (swept: Swept): readonly string[] => {
  const { standing, state, failure } = swept
  if (state === 'other') return otherLines(swept)
  if (!failure) return []
  const still = state === 'in-doubt' ? 'may or may not stand now' : 'still stands'
  return [`firebreak: ${atWords(standing)} ${still}: ${failure.message}`, `  next: ${failure.next}`]
}

/** Somebody has changed it, or has put their own there: nobody knows here which. */
const otherLines = ({ standing }: Tagged): readonly string[] => [
  `firebreak: ${atWords(standing)} was left alone: the entry there is not what its tag says (${deniedWords(standing)})`,
  '  next: look whose it is; take away by hand what nobody needs, the entry or the tag',
]
