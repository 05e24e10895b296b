import type { Failure } from '../domain/result.js'
import { failure } from '../domain/result.js'

/** A socket's error as the operator reads it. The errno decides; the error's own text is never shown alone. */
export const socketFailure = (url: string, error: NodeJS.ErrnoException): Failure => {
  const errno = error.code ?? 'unknown error'
  const known = url.startsWith('ssh://') ? TUNNELLED[errno] : MEANINGS[errno]
  if (known) return failure(known.code, `${url} ${known.what} (${errno}).`, known.next)
  return failure('target.refused', `${url} cannot be reached (${errno}).`, NETWORK)
}

type Meaning = {
  readonly code: 'target.refused' | 'target.timeout' | 'target.protocol'
  readonly what: string
  readonly next: string
}

const NETWORK = 'Check the route, security groups and network ACLs between here and that host.'
const GONE = 'Look whether the process behind it is restarting or full.'

const MEANINGS: { readonly [errno: string]: Meaning } = {
  ECONNREFUSED: {
    code: 'target.refused',
    what: 'refused the connection',
    next: 'Nothing listens there: check that the process runs and that the fleet file names the right port.',
  },
  ENOENT: {
    code: 'target.refused',
    what: 'does not exist',
    next: 'Check the socket path in the fleet file, and that the process runs.',
  },
  EACCES: {
    code: 'target.refused',
    what: 'may not be opened by this user',
    next: 'Run as a user who may open the socket, or change its mode.',
  },
  ENOTFOUND: {
    code: 'target.refused',
    what: 'has a host name that does not resolve',
    next: 'Check the name in the fleet file and DNS; an address works without DNS.',
  },
  EAI_AGAIN: {
    code: 'target.refused',
    what: 'has a host name that cannot be looked up now',
    next: 'DNS does not answer; an address in the fleet file works without it.',
  },
  EHOSTUNREACH: { code: 'target.refused', what: 'cannot be reached', next: NETWORK },
  ENETUNREACH: { code: 'target.refused', what: 'cannot be reached', next: NETWORK },
  ETIMEDOUT: { code: 'target.timeout', what: 'did not answer', next: NETWORK },
  ECONNRESET: { code: 'target.protocol', what: 'reset the connection before it had answered', next: GONE },
  EPIPE: { code: 'target.protocol', what: 'closed the connection before it had answered', next: GONE },
}

/** Whoever is behind a tunnel and does not answer: one that is not there looks the same as one that hangs up. */
export const BEHIND_TUNNEL =
  'ssh reached the host, so look there: whether the socket exists, whether this user may open it, and whether sshd permits it (AllowStreamLocalForwarding).'

const NEAR_END_GONE: Meaning = {
  code: 'target.refused',
  what: 'was not asked, because the ssh connection to it has just ended',
  next: 'Try again: the connection is opened anew.',
}

/** The near end of a tunnel is a socket of ours, and its errors say nothing of the far end. */
const TUNNELLED: typeof MEANINGS = {
  ECONNREFUSED: NEAR_END_GONE,
  ENOENT: NEAR_END_GONE,
  ECONNRESET: { code: 'target.protocol', what: 'closed the connection without an answer', next: BEHIND_TUNNEL },
  EPIPE: { code: 'target.protocol', what: 'closed the connection without an answer', next: BEHIND_TUNNEL },
}
