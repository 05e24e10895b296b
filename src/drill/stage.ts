import { join } from 'node:path'
import { fail, ok, type Result } from '../domain/result.js'
import type { VirtualClock } from './clock.js'
import { applyChange } from './world/apply.js'
import { type Change, change as changeSchema } from './world/change.js'
import { openLog } from './world/log-file.js'
import type { World } from './world/world.js'

type EndpointName = 'ec2' | 'sts' | 'haproxy' | 'memcached'

/** One line of `endpoint.log`: a request that came in, reads too. */
export type EndpointRequest = {
  readonly endpoint: EndpointName
  readonly operation: string
  readonly mutating: boolean
  /** EC2 was only asked whether it may be done. */
  readonly dryRun?: true
  readonly target: string
  readonly userAgent?: string
}

/** The world as it is now, behind its two logs. */
export type Stage = {
  readonly clock: VirtualClock
  readonly world: () => World
  /** Logs the change, then makes it: who is answered afterwards can rely on it after a kill -9. */
  readonly commit: (change: Change) => Result<World>
  readonly record: (request: EndpointRequest) => void
  /** Called after each change. */
  readonly onChange: (listener: () => void) => void
  readonly close: () => void
}

/** Folds `world.log` of that folder into the world, and goes on from there. */
export const openStage = (options: {
  readonly dir: string
  readonly initial: World
  /** Given the virtual time of the last change, if there was one. */
  readonly clock: (lastChange: number | undefined) => VirtualClock
}): Result<Stage> => {
  const worldLog = openLog(join(options.dir, 'world.log'))
  if (!worldLog.ok) return worldLog
  const endpointLog = openLog(join(options.dir, 'endpoint.log'))
  if (!endpointLog.ok) return endpointLog
  const changes = parseChanges(worldLog.value.lines, join(options.dir, 'world.log'))
  if (!changes.ok) return changes

  let world = changes.value.reduce(applyChange, options.initial)
  const clock = options.clock(changes.value.at(-1)?.at)
  const listeners: (() => void)[] = []
  return ok({
    clock,
    world: () => world,
    commit: change => {
      const logged = worldLog.value.append(change)
      if (!logged.ok) return logged
      world = applyChange(world, change)
      for (const listener of listeners) listener()
      return ok(world)
    },
    record: request => {
      endpointLog.value.append({ at: clock.now(), ...request })
    },
    onChange: listener => {
      listeners.push(listener)
    },
    close: () => {
      worldLog.value.close()
      endpointLog.value.close()
    },
  })
}

/** The entries of a world log; the number of the first line that is none is named. */
const parseChanges = (lines: readonly string[], path: string): Result<Change[]> => {
  const changes: Change[] = []
  for (const [index, line] of lines.entries()) {
    const parsed = changeSchema.safeParse(parseJson(line))
    if (!parsed.success) {
      return fail(
        'journal.damaged',
        `${path}:${index + 1} is not an entry of a world log.`,
        'Start a new drill; this one cannot go on from a log that was changed.',
      )
    }
    changes.push(parsed.data)
  }
  return ok(changes)
}

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
