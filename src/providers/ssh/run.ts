import { readFileSync, rmSync } from 'node:fs'
import { formatDuration } from '../../domain/duration.js'
import { fail, ok, type Result } from '../../domain/result.js'
import { quotedWord } from '../../domain/shell-word.js'
import type { Ran, SshRequest } from '../contract.js'
import { sshHost } from '../endpoint.js'
import { excerpt } from '../excerpt.js'
import { nameOf } from '../process/child.js'
import { type ChildEnd, runChild } from '../process/run-child.js'
import type { SentRequest, Wire } from '../wire.js'
import type { Connections } from './connections.js'
import { NO_MATTER, throughMaster } from './options.js'

type SshWire = Pick<Wire, 'clock' | 'admit' | 'record'> & { readonly outside: NonNullable<Wire['outside']> }

/** What a provider that works over ssh says besides; without it, any program may change something. */
export type SshCommand = SshRequest & {
  readonly sent?: SentRequest
  /** Bytes of what the program says that are kept. */
  readonly keep?: number
}

/** Runs a program of another host, over the connection that all requests to it share, and waits for its end. */
export const runOverSsh = async (
  request: SshCommand,
  wire: SshWire,
  connections: Omit<Connections, 'close'>,
): Promise<Result<Ran>> => {
  const to = sshHost(request.host)
  if (to === undefined) return noHost(request.host)
  const way = await connections.master(to)
  if (!way.ok) return way
  const sent = request.sent ?? { endpoint: 'ssh', operation: nameOf(request.argv), mutating: true }
  // Not before: while the connection was opened, somebody else may have taken the incident over.
  const admitted = wire.admit?.(sent)
  if (admitted?.ok === false) return admitted
  const log = connections.scratch()
  if (!log.ok) return log
  const child = {
    argv: [
      'ssh',
      ...throughMaster(way.value.control),
      ...logTo(log.value),
      '--',
      NO_MATTER,
      lineOf(request.argv),
    ],
    ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
    ...(request.keep === undefined ? {} : { keep: request.keep }),
    timeout: request.timeout,
  }
  const end = await runChild(child, wire, () => wire.record(sent))
  return readEnd(request, end, readLog(log.value))
}

/** Each word between quotes: also one like `A=b`, which a shell would take for a variable where it stands first. */
const lineOf = (argv: readonly string[]): string => argv.map(quotedWord).join(' ')

/** What ssh itself has to say, apart from the program's own words: whether an exit code came at all stands there. */
const logTo = (file: string): string[] => ['-E', file, '-o', 'LogLevel=DEBUG2']

const readLog = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // then nothing is known
  } finally {
    rmSync(file, { force: true })
  }
}

/** ssh's own code for whatever went wrong with it; and a program may end with it too. */
const AMBIGUOUS = 255

/** Said by OpenSSH 9.2. Where another says it in other words, the end of the program is in doubt. */
const EXIT_CAME = /Received exit status from master/
/** No session was opened, and so nothing started. */
const NEVER_SENT =
  /Control socket .*(?:does not exist|Connection refused)|session request failed|Session open refused/

const readEnd = (request: SshRequest, end: ChildEnd, log: string): Result<Ran> => {
  if (end.how === 'not-started')
    return fail(
      'command.failed',
      `ssh cannot be started (${end.code ?? 'unknown error'}).`,
      'Nothing was done.',
    )
  if (end.how === 'late')
    return inDoubt(request, `did not end within ${formatDuration(request.timeout)}`, end.stderr)
  if (end.how === 'killed')
    return inDoubt(request, `was not seen to end: ssh was ended by ${end.signal}`, end.stderr)
  if (end.exit !== AMBIGUOUS || EXIT_CAME.test(log))
    return ok({ exit: end.exit, stdout: end.stdout, stderr: end.stderr })
  if (NEVER_SENT.test(log)) return neverSent(request)
  return inDoubt(request, 'was not seen to end: the connection broke, or a signal ended it there', end.stderr)
}

const inDoubt = ({ argv, host }: SshRequest, what: string, stderr: string): Result<never> =>
  fail(
    'target.timeout',
    `${nameOf(argv)} on ${host} ${what}${stderr.trim() === '' ? '' : `; it said: ${excerpt(stderr)}`}.`,
    'Look on that host before running it again: it may still run there, and how far it came is not known.',
  )

const neverSent = ({ argv, host }: SshRequest): Result<never> =>
  fail(
    'target.refused',
    `${nameOf(argv)} was not started on ${host}: the connection had ended, or its sshd allows no more sessions.`,
    'Try again; where it stays so, look at MaxSessions of that sshd. Nothing was done.',
  )

const noHost = (host: string): Result<never> =>
  fail('target.refused', `"${host}" is no host for ssh.`, 'Give the target an address in the fleet file.')
