import { fail, ok, type Result } from '../../domain/result.js'
import type { Ran } from '../contract.js'
import { excerpt } from '../excerpt.js'
import type { SshCommand } from '../ssh/run.js'
import { type Listed, parseListing } from './listing.js'
import { TABLE } from './names.js'

/** Where nft runs, and how it is reached. */
export type Nft = {
  readonly host: string
  readonly overSsh: (command: SshCommand) => Promise<Result<Ran>>
}

/** Milliseconds. nft itself takes seconds where some set of its own has a hundred thousand elements. */
const PATIENCE_MS = 20_000

/** A set of 100,000 intervals is listed in 10 MB; a listing that is cut is none. */
const LONGEST_LISTING = 32 * 1024 * 1024

/** All that stands in our table; nothing where there is none. */
export const readTable = async ({ host, overSsh }: Nft): Promise<Result<Listed>> => {
  const ran = await overSsh({
    host,
    argv: ['nft', '-j', 'list', 'table', ...TABLE.split(' ')],
    timeout: PATIENCE_MS,
    keep: LONGEST_LISTING,
    sent: { endpoint: 'nftables', operation: 'list table', mutating: false },
  })
  if (!ran.ok) return ran
  if (ran.value.exit !== 0) return NO_TABLE.test(ran.value.stderr) ? ok(new Map()) : refused(host, ran.value)
  const listed = parseListing(ran.value.stdout)
  return 'wrong' in listed
    ? fail(
        'target.protocol',
        `nft on ${host}: ${listed.wrong}.`,
        `Look there with \`nft list table ${TABLE}\`, and take out what is not firebreak's.`,
      )
    : ok(listed)
}

/** Of that table, and of no file that is missing. */
const NO_TABLE = new RegExp(`^Error: No such file or directory\\s+list table ${TABLE}\\s`)

/** Carries a script out as a whole or not at all. `target.timeout` means that nobody knows which. */
export const change = async (
  { host, overSsh }: Nft,
  operation: string,
  script: string,
): Promise<Result<null>> => {
  const ran = await overSsh({
    host,
    argv: ['nft', '-f', '-'],
    stdin: script,
    timeout: PATIENCE_MS,
    sent: { endpoint: 'nftables', operation, mutating: true },
  })
  if (!ran.ok) return ran
  if (ran.value.exit === 0) return ok(null)
  return isInDoubt(ran.value) ? inDoubt(host, ran.value) : refused(host, ran.value)
}

/** A shell between sshd and nft says so with such a code where a signal ended nft, perhaps after its work. */
const isInDoubt = ({ exit, stderr }: Ran): boolean => exit > BY_SIGNAL || LOST_ANSWER.test(stderr)

/** The kernel's answer did not fit where nft waits for it: it may have carried the change out. */
const LOST_ANSWER = /No buffer space available|Message too long|Resource temporarily unavailable/

const inDoubt = (host: string, { exit, stderr }: Ran): Result<never> =>
  fail(
    'target.timeout',
    `nft on ${host} ended with ${exit} and did not say what became of the change: ${excerpt(stderr) || 'it said nothing'}`,
    `Look there with \`nft list table ${TABLE}\` before trying again.`,
  )

/** Nothing was changed: one element that is refused undoes the whole transaction. */
const refused = (host: string, { exit, stderr, stdout }: Ran): Result<never> => {
  const said = excerpt(stderr) || excerpt(stdout)
  if (exit === NOT_FOUND || exit === NOT_EXECUTABLE)
    return fail(
      'target.rejected',
      `there is no nft on ${host} that this user can run: ${said || 'the shell said nothing'}`,
      'Install nftables there (Debian: `apt-get install nftables`); it must be in the PATH that ssh gives, /usr/sbin often is not. Nothing was changed.',
    )
  if (/not permitted|Permission denied/i.test(said))
    return fail(
      'target.rejected',
      `nft on ${host} may not be used by this user: ${said}`,
      'Log in as root there (`ssh: { user }` in the fleet file), or give its nft the capability CAP_NET_ADMIN. Nothing was changed.',
    )
  return fail(
    'target.rejected',
    `nft on ${host} ended with ${exit}: ${said || 'it said nothing'}`,
    `Look there with \`nft list table ${TABLE}\`. Nothing was changed.`,
  )
}

/** Of a POSIX shell; above the last, the number of the signal is added. */
const NOT_EXECUTABLE = 126
const NOT_FOUND = 127
const BY_SIGNAL = 128
