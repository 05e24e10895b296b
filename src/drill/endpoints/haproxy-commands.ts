import { frontendEnabled } from '../world/instances.js'
import type { Answer, Command, Request } from './haproxy-command.js'
import { LIST_COMMANDS } from './haproxy-lists.js'
import { PROCESS_COMMANDS } from './haproxy-process.js'
import { SERVER_COMMANDS } from './haproxy-servers.js'
import { SESSION_COMMANDS } from './haproxy-sessions.js'
import { showStat } from './haproxy-stat.js'

/** The first whose words a line begins with is meant. */
export const COMMANDS: readonly Command[] = [
  {
    words: ['disable', 'frontend'],
    help: 'disable frontend <frontend>             : temporarily disable specific frontend',
    mutating: true,
    answer: request => turn(request, 'disable frontend'),
  },
  {
    words: ['enable', 'frontend'],
    help: 'enable frontend <frontend>              : re-enable specific frontend',
    mutating: true,
    answer: request => turn(request, 'enable frontend'),
  },
  {
    words: ['show', 'cli', 'level'],
    help: 'show cli level                          : display the level of the current CLI session',
    mutating: false,
    answer: () => ({ text: 'admin\n' }),
  },
  {
    words: ['show', 'stat'],
    help: 'show stat [desc|json|no-maint|typed|up]*: report counters for each proxy and server',
    mutating: false,
    answer: ({ world, host, now, args }) => ({ text: showStat(world, host, now, args) }),
  },
  ...PROCESS_COMMANDS,
  ...SERVER_COMMANDS,
  ...LIST_COMMANDS,
  ...SESSION_COMMANDS,
]

/** HAProxy lists what comes near; here that is every command with the same first word. */
export const unknownCommand = (words: readonly string[]): string => {
  const near = COMMANDS.filter(command => command.words[0] === words[0])
  const head =
    near.length === 0
      ? 'Unknown command. Please enter one of the following commands only:'
      : 'Unknown command, but maybe one of the following ones is a better match:'
  const list = (near.length === 0 ? COMMANDS : near).map(command => `  ${command.help}`)
  return [head, ...new Set(list), ''].join('\n')
}

const turn = (
  { world, host, cluster, now, args }: Request,
  operation: 'disable frontend' | 'enable frontend',
): Answer => {
  const [name] = args
  if (name === undefined) return { text: 'A frontend name is expected.\n' }
  if (!cluster.frontends.some(frontend => frontend.name === name)) return { text: 'No such frontend.\n' }
  if (frontendEnabled(host, name, now) === (operation === 'enable frontend')) {
    return {
      text: `All sockets are already ${operation === 'enable frontend' ? 'enabled' : 'disabled'}.\n`,
    }
  }
  if (world.stuck.some(({ instance, frontend }) => instance === host.id && frontend === name))
    return { text: 'Failed to pause frontend, check logs for precise cause.\n' }
  const args_ = { instance: host.id, frontend: name }
  return { text: '', change: { at: now, endpoint: 'haproxy', operation, args: args_, result: null } }
}
