import type { ExitCode } from '../../domain/exit-codes.js'
import { claim } from '../../runtime/owner.js'
import type { Definition } from './definitions.js'
import { type Global, giveUp, type Io, say } from './io.js'
import { conductReal } from './real-session.js'
import { type openingOf, openSession } from './session.js'
import type { SessionOptions } from './session-contract.js'
import { forget, makeIncident, stateDir } from './state.js'

export type Performance = Pick<
  SessionOptions,
  'fleet' | 'answers' | 'host' | 'attended' | 'setting' | 'mode'
> & {
  readonly opening: ReturnType<typeof openingOf>
  /** None where no file is behind it. */
  readonly origins: Definition['origins'] | readonly []
}

type Options = Global & { readonly auto?: boolean; readonly json?: boolean }

/** Opens an incident on the real fleet and plays it to its end, or to its pause. */
export const perform = async (io: Io, part: Performance, options: Options): Promise<ExitCode> => {
  const { opening, origins, attended, ...rest } = part
  const made = await makeIncident(stateDir(io, options), false)
  if (!made.ok) return giveUp(io, made.failure)
  const { id, paths } = made.value
  const owned = await claim(paths.owner, id)
  if (!owned.ok) {
    await forget(paths.dir)
    return giveUp(io, owned.failure)
  }
  const ownership = owned.value
  try {
    say(io, `       ${id}; Ctrl-C pauses, \`firebreak resume ${id}\` goes on.`)
    const auto = options.auto === true
    const session = await openSession(
      { ...rest, id, paths, attended: attended && !auto, auto, ownership },
      opening,
      origins,
    )
    if (!session.ok) {
      if (ownership.holds().ok) await forget(paths.dir)
      return giveUp(io, session.failure)
    }
    try {
      return await conductReal(io, session.value, { paths, json: options.json === true })
    } finally {
      await session.value.close()
    }
  } finally {
    await ownership.release()
  }
}
