import { proxyArrivals } from '../world/load.js'
import { proxySessions } from '../world/sessions.js'
import { rateLimitAt } from '../world/settings.js'
import { type Answer, type Command, leadingNumber, type Request } from './haproxy-command.js'

// Commands about the process as a whole: the texts are those of HAProxy 2.6.

const showInfo = ({ world, host, cluster, now }: Request): Answer => ({
  text: [
    'Name: HAProxy',
    'Version: 2.6.12-1+deb12u4',
    'Nbthread: 2',
    'Pid: 1',
    `Uptime_sec: ${Math.floor((now - host.servingAt) / 1000)}`,
    `Maxconn: ${cluster.limit}`,
    `Hard_maxconn: ${cluster.limit}`,
    `CurrConns: ${proxySessions(world, host, now)}`,
    `ConnRate: ${proxyArrivals(world, host, now)}`,
    `ConnRateLimit: ${rateLimitAt(host, now)}`,
    `node: ${host.tags.Name ?? host.id}`,
    'Stopping: 0',
    `Start_time_sec: ${Math.floor(host.servingAt / 1000)}`,
    '',
  ].join('\n'),
})

const RATE_LIMITS = `'set rate-limit' only supports :
   - 'connections global' to set the per-process maximum connection rate
   - 'sessions global' to set the per-process maximum session rate
   - 'ssl-sessions global' to set the per-process maximum SSL session rate
   - 'http-compression global' to set the per-process maximum compression speed in kB/s
`

const limitConnections = ({ host, now, args: [written] }: Request): Answer => {
  if (written === undefined) return { text: 'Expects an integer value.\n' }
  // As `atoi` does: what is no number is 0, which takes the limit away, and what is too large is cut to 32 bits.
  const limit = Number(BigInt.asIntN(32, leadingNumber(written)?.value ?? 0n))
  if (limit < 0) return { text: 'Value out of range.\n' }
  const args = { instance: host.id, limit }
  const operation = 'set rate-limit connections global'
  return { text: '', change: { at: now, endpoint: 'haproxy', operation, args, result: null } }
}

const HELP = 'set rate-limit <setting> <value>        : change a rate limiting value'

export const PROCESS_COMMANDS: readonly Command[] = [
  {
    words: ['show', 'info'],
    help: 'show info [desc|json|typed|float]*      : report information about the running process',
    mutating: false,
    answer: showInfo,
  },
  {
    words: ['set', 'rate-limit', 'connections', 'global'],
    help: HELP,
    mutating: true,
    answer: limitConnections,
  },
  // No other rate of a drill can be limited.
  { words: ['set', 'rate-limit'], help: HELP, mutating: true, answer: () => ({ text: RATE_LIMITS }) },
]
