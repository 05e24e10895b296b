import { instancesOf } from '../world/instances.js'
import { INITIAL_WEIGHT, SERVER_NAME, weightAt } from '../world/settings.js'
import { type Answer, backendOf, type Command, leadingNumber, type Request } from './haproxy-command.js'
import { FIRST_SECTION } from './haproxy-stat.js'

// Commands about the servers behind a proxy: the texts are those of HAProxy 2.6, line ends included.

const getWeight = (request: Request): Answer => {
  const found = backendOf(request)
  if ('text' in found) return found
  const weight = weightAt(request.host, found.backend, request.now)
  return { text: `${weight} (initial ${INITIAL_WEIGHT})\n` }
}

const setWeight = (request: Request): Answer => {
  const found = backendOf(request)
  if ('text' in found) return found
  const weight = weightIn(request.args[1] ?? '')
  if (typeof weight === 'string') return { text: weight }
  const args = { instance: request.host.id, backend: found.backend, server: SERVER_NAME, weight }
  const change = { at: request.now, endpoint: 'haproxy', operation: 'set weight', args, result: null } as const
  return { text: '', change }
}

/** The weight, or what is wrong with it; two of the texts have no line end, as in HAProxy. */
const weightIn = (text: string): number | string => {
  if (text === '') return 'Require <weight> or <weight%>.\n'
  const number = leadingNumber(text)
  if (number === undefined) return 'Empty weight string empty or preceded by garbage'
  const value = Number(number.value)
  if (number.rest === '%')
    return value < 0
      ? 'Relative weight must be positive.\n'
      : Math.min(HEAVIEST, Math.floor((INITIAL_WEIGHT * value) / 100))
  if (value < 0 || value > HEAVIEST) return 'Absolute weight can only be between 0 and 256 inclusive.\n'
  return number.rest === '' ? value : 'Trailing garbage in weight string'
}

const HEAVIEST = 256

const STATE_COLUMNS =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port'

const serversState = ({ world, host, cluster, now, args: [backend] }: Request): Answer => {
  if (backend !== undefined && !cluster.frontends.some(({ name }) => name === backend))
    return { text: "Can't find backend.\n" }
  const shards = instancesOf(world, host.cluster, 'shard')
  const upFor = Math.max(0, Math.floor((now - host.servingAt) / 1000))
  const rows = cluster.frontends.flatMap(({ name }, index) => {
    if (backend !== undefined && backend !== name) return []
    const address = shards[index]?.privateIp ?? '-'
    const state = `2 0 ${weightAt(host, name, now)} ${INITIAL_WEIGHT} ${upFor}`
    const rest = `6 3 4 6 0 0 0 - ${cluster.shardPort ?? 0} - 0 0 - - 0`
    return [`${FIRST_SECTION + index} ${name} 1 ${SERVER_NAME} ${address} ${state} ${rest}`]
  })
  return { text: ['1', STATE_COLUMNS, ...rows, ''].join('\n') }
}

const shutSessions = (request: Request): Answer => {
  const found = backendOf(request)
  if ('text' in found) return found
  return {
    text: '',
    change: {
      at: request.now,
      endpoint: 'haproxy',
      operation: 'shutdown sessions server',
      args: { instance: request.host.id, frontend: found.backend },
      result: null,
    },
  }
}

export const SERVER_COMMANDS: readonly Command[] = [
  {
    words: ['get', 'weight'],
    help: "get weight <bk>/<srv>                   : report a server's current weight",
    mutating: false,
    answer: getWeight,
  },
  {
    words: ['set', 'weight'],
    help: "set weight <bk>/<srv>  (DEPRECATED)     : change a server's weight (use 'set server' instead)",
    mutating: true,
    answer: setWeight,
  },
  {
    words: ['show', 'servers', 'state'],
    help: 'show servers state [<backend>]          : dump volatile server information (all or for a single backend)',
    mutating: false,
    answer: serversState,
  },
  {
    words: ['shutdown', 'sessions', 'server'],
    help: 'shutdown sessions server <bk>/<srv>     : kill sessions on a server',
    mutating: true,
    answer: shutSessions,
  },
]
