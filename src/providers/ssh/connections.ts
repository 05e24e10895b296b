import pLimit from 'p-limit'
import { fail, ok, type Result } from '../../domain/result.js'
import { loginOf } from '../endpoint.js'
import { excerpt } from '../excerpt.js'
import { runChild } from '../process/run-child.js'
import type { Door, FarSocket, SshHost, Wire } from '../wire.js'
import { type PrivateFolder, privateFolder } from './folder.js'
import { type Master, openMaster } from './master.js'
import { NO_MATTER, throughMaster } from './options.js'

export type Connections = {
  /** The connection to that host, opened where there is none, or none any more. */
  readonly master: (to: SshHost) => Promise<Result<Master>>
  /** The near end of a tunnel to that socket. That the far end opens is not known before something is sent. */
  readonly tunnel: (to: FarSocket) => Promise<Result<Door>>
  /** A file of its own, for whoever runs something over a connection. */
  readonly scratch: () => Result<string>
  /** Ends every connection. */
  readonly close: () => void
}

type Ssh = Pick<Wire, 'clock' | 'ssh'> & { readonly outside: NonNullable<Wire['outside']> }

/**
 * A fresh connection costs a good part of a second of one core, and an sshd begins to turn callers away at ten that
 * have not logged in yet: a jump host sees all of ours.
 */
const AT_ONCE = 8

/** All connections of this process: one for each host and login, shared by whoever asks. */
export const createConnections = (ssh: Ssh): Connections => {
  const inTurn = pLimit(AT_ONCE)
  const masters = new Map<string, Promise<Result<Master>>>()
  const tunnels = new Map<string, Promise<Result<Door>>>()
  const running = new Set<() => void>()
  let folder: Result<PrivateFolder> | undefined
  let closed = false
  const ours = () => {
    if (closed) return CLOSED
    folder ??= privateFolder(ssh.ssh?.hostCas ?? [])
    return folder
  }

  const open = async (to: SshHost): Promise<Result<Master>> => {
    const place = ours()
    if (!place.ok) return place
    const { authorities, fresh } = place.value
    const settings = ssh.ssh ?? { hostCas: [] }
    return openMaster(to, fresh('c'), { ...ssh, settings, authorities, running })
  }

  const master = (to: SshHost) =>
    kept(masters, loginOf(to), forget => {
      const opened = inTurn(() => open(to))
      void opened.then(one => (one.ok ? one.value.gone.then(forget) : forget()))
      return opened
    })

  const tunnel = (to: FarSocket) =>
    kept(tunnels, `${loginOf(to.ssh)}${to.path}`, async forget => {
      const way = await master(to.ssh)
      const near = way.ok ? await inTurn(() => forward(to, way.value)) : way
      if (near.ok && way.ok) void way.value.gone.then(forget)
      else forget()
      return near
    })

  const forward = async (to: FarSocket, { control }: Master): Promise<Result<Door>> => {
    const place = ours()
    if (!place.ok) return place
    const near = place.value.fresh('t')
    const argv = ['ssh', ...throughMaster(control), '-O', 'forward', '-L', `${near}:${to.path}`, NO_MATTER]
    const end = await runChild({ argv, timeout: FORWARD_MS }, ssh, () => {})
    if (end.how === 'exited' && end.exit === 0) return ok({ path: near })
    return notForwarded(to, end.how === 'not-started' ? '' : end.stderr)
  }

  return {
    master,
    tunnel,
    scratch: () => {
      const place = ours()
      return place.ok ? ok(place.value.fresh('log')) : place
    },
    close: () => {
      closed = true
      for (const end of running) end()
      if (folder?.ok) folder.value.remove()
    },
  }
}

const FORWARD_MS = 5_000

/** Who waited for a turn when all was ended must not begin afterwards. */
const CLOSED = fail('target.refused', 'firebreak is ending, and opens no connections any more.', 'Resume it.')

/** What is made once and asked for often, until it is forgotten: what failed is tried again by the next who asks. */
const kept = <T>(
  all: Map<string, Promise<T>>,
  key: string,
  make: (forget: () => void) => Promise<T>,
): Promise<T> => {
  const known = all.get(key)
  if (known !== undefined) return known
  const made = make(() => {
    if (all.get(key) === made) all.delete(key)
  })
  all.set(key, made)
  return made
}

const notForwarded = ({ ssh, path }: FarSocket, said: string): Result<never> =>
  fail(
    'target.refused',
    `ssh reached ${loginOf(ssh)} and made no tunnel to ${path}: ${excerpt(said) || 'it said nothing'}`,
    'The connection may have just ended: try again. Nothing was sent.',
  )
