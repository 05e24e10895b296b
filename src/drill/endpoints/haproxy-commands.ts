import type { Change } from '../world/change.js'
import { frontendEnabled } from '../world/instances.js'
import { proxySessions } from '../world/load.js'
import type { World, WorldCluster, WorldInstance } from '../world/world.js'
import { SERVER_NAME, showStat } from './haproxy-stat.js'

type Request = {
  readonly world: World
  readonly host: WorldInstance
  readonly cluster: WorldCluster
  readonly now: number
  readonly args: readonly string[]
}
type Answer = { readonly text: string; readonly change?: Change }

/** One command of the runtime API. The texts are those of HAProxy 2.6; a change that succeeds says nothing. */
export type Command = {
  readonly words: readonly string[]
  readonly help: string
  readonly mutating: boolean
  readonly answer: (request: Request) => Answer
}

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
    words: ['show', 'info'],
    help: 'show info [desc|json|typed|float]*      : report information about the running process',
    mutating: false,
    answer: ({ world, host, cluster, now }) => ({
      text: [
        'Name: HAProxy',
        'Version: 2.6.12-1+deb12u4',
        'Nbthread: 2',
        'Pid: 1',
        `Uptime_sec: ${Math.floor((now - host.servingAt) / 1000)}`,
        `Maxconn: ${cluster.limit}`,
        `Hard_maxconn: ${cluster.limit}`,
        `CurrConns: ${proxySessions(world, host, now)}`,
        `node: ${host.tags.Name ?? host.id}`,
        'Stopping: 0',
        '',
      ].join('\n'),
    }),
  },
  {
    words: ['show', 'stat'],
    help: 'show stat [desc|json|no-maint|typed|up]*: report counters for each proxy and server',
    mutating: false,
    answer: ({ world, host, now, args }) => ({ text: showStat(world, host, now, args) }),
  },
  {
    words: ['shutdown', 'sessions', 'server'],
    help: 'shutdown sessions server <bk>/<srv>     : kill sessions on a server',
    mutating: true,
    answer: request => shutSessions(request),
  },
]

/** HAProxy lists what comes near; here that is every command with the same first word. */
export const unknownCommand = (words: readonly string[]): string => {
  const near = COMMANDS.filter(command => command.words[0] === words[0])
  const head =
    near.length === 0
      ? 'Unknown command. Please enter one of the following commands only:'
      : 'Unknown command, but maybe one of the following ones is a better match:'
  const list = (near.length === 0 ? COMMANDS : near).map(command => `  ${command.help}`)
  return [head, ...list, ''].join('\n')
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

const shutSessions = ({ host, cluster, now, args }: Request): Answer => {
  const [backend, server] = (args[0] ?? '').split('/')
  if (server === undefined) return { text: "Require 'backend/server'.\n" }
  const frontend = cluster.frontends.find(one => one.name === backend)
  if (frontend === undefined) return { text: 'No such backend.\n' }
  if (server !== SERVER_NAME) return { text: 'No such server.\n' }
  return {
    text: '',
    change: {
      at: now,
      endpoint: 'haproxy',
      operation: 'shutdown sessions server',
      args: { instance: host.id, frontend: frontend.name },
      result: null,
    },
  }
}
