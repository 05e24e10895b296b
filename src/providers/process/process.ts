import { formatDuration } from '../../domain/duration.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { ProcessRequest, Ran } from '../contract.js'
import { excerpt } from '../excerpt.js'
import type { Outside, Wire } from '../wire.js'
import { nameOf } from './child.js'
import { runChild } from './run-child.js'

type OutsideWire = Pick<Wire, 'clock' | 'admit' | 'record'> & { readonly outside: Outside }

/** Runs a program of this machine to its end. Imported only when one is first started. */
export const runProcess = async (request: ProcessRequest, wire: OutsideWire): Promise<Result<Ran>> => {
  const sent = { endpoint: 'process', operation: nameOf(request.argv), mutating: true } as const
  const admitted = wire.admit?.(sent)
  if (admitted?.ok === false) return admitted
  const end = await runChild(request, wire, () => wire.record(sent))
  switch (end.how) {
    case 'exited':
      return ok({ exit: end.exit, stdout: end.stdout, stderr: end.stderr })
    case 'late':
      return timedOut(request, end.stderr)
    case 'killed':
      return killed(request, end.signal, end.stderr)
    case 'not-started':
      return notStarted(request, end.code)
  }
}

const timedOut = ({ argv, timeout }: ProcessRequest, stderr: string): Result<never> =>
  fail(
    'target.timeout',
    `${nameOf(argv)} did not end within ${formatDuration(timeout)} and was stopped${lastWords(stderr)}.`,
    'Look at what it works on before running it again: how far it came is not known.',
  )

const killed = ({ argv }: ProcessRequest, signal: string | undefined, stderr: string): Result<never> =>
  fail(
    'target.timeout',
    `${nameOf(argv)} was ended by ${signal ?? 'a signal'}${lastWords(stderr)}.`,
    'Look at what it works on before running it again: how far it came is not known.',
  )

const notStarted = ({ argv }: ProcessRequest, code: string | undefined): Result<never> =>
  fail(
    'command.failed',
    `${nameOf(argv)} cannot be started (${code ?? 'unknown error'}).`,
    code === 'ENOENT'
      ? 'Install it on this machine, or add its folder to PATH. Nothing was done.'
      : 'Check that this user may run it. Nothing was done.',
  )

const lastWords = (stderr: string): string => (stderr.trim() === '' ? '' : `; it said: ${excerpt(stderr)}`)
