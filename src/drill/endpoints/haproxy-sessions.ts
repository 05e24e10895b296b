import { hex } from '../random.js'
import { sessionsOf, type WorldSession } from '../world/sessions.js'
import { SERVER_NAME } from '../world/settings.js'
import type { Answer, Command, Request } from './haproxy-command.js'
import { FIRST_SECTION } from './haproxy-stat.js'

// Commands about who is connected: the texts are those of HAProxy 2.6.

const showSessions = (request: Request): Answer => {
  const { world, host, now, args } = request
  const sessions = sessionsOf(world, host, now)
  // As HAProxy does: what is no pointer is taken for nothing, and everybody is shown.
  if (args[0]?.startsWith('0x')) {
    const found = sessions.find(({ pointer }) => pointer === args[0])
    return { text: found === undefined ? 'Session not found.\n' : oneSession(request, found) }
  }
  const own = `0x55${hex(10, world.seed, 'own-session', now)}: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> srv=<none> ${REST}`
  return { text: [...sessions.map(session => rowOf(session, now)), own, ''].join('\n') }
}

const REST =
  'ts=00 epoch=0 age=0s calls=1 rate=1 cpu=0 lat=0 rq[f=c08002h,i=0,an=00h,rx=10s,wx=,ax=] rp[f=80008002h,i=0,an=00h,rx=,wx=,ax=] scf=[8,0h,fd=17] scb=[8,1h,fd=-1] exp=10s rc=0 c_exp='

const rowOf = ({ pointer, address, port, frontend, bornAt }: WorldSession, now: number): string =>
  `${pointer}: proto=${protocol(address)} src=${address}:${port} fe=${frontend} be=${frontend} srv=${SERVER_NAME} ts=00 epoch=0 age=${humanTime(now - bornAt)} calls=2 rate=0 cpu=0 lat=0 rq[f=808000h,i=0,an=00h,rx=59s,wx=,ax=] rp[f=80008000h,i=0,an=00h,rx=59s,wx=,ax=] scf=[8,0h,fd=14] scb=[8,1h,fd=15] exp=0s rc=0 c_exp=`

/** As much of it as tells who it is. */
const oneSession = ({ cluster }: Request, session: WorldSession): string => {
  const { pointer, number, address, port, frontend } = session
  const section = FIRST_SECTION + cluster.frontends.findIndex(({ name }) => name === frontend)
  return [
    `${pointer}: [01/Jan/2000:00:00:00.000000] id=${number} proto=${protocol(address)} source=${address}:${port}`,
    '  flags=0x4a, conn_retries=0, conn_exp=<NEVER> conn_et=0x000 srv_conn=(nil), pend_pos=(nil) waiting=0 epoch=0',
    `  frontend=${frontend} (id=${section} mode=tcp), listener=? (id=1)`,
    `  backend=${frontend} (id=${section} mode=tcp)`,
    `  server=${SERVER_NAME} (id=1)`,
    '',
  ].join('\n')
}

const protocol = (address: string): string => (address.includes(':') ? 'tcpv6' : 'tcpv4')

/** As HAProxy writes a time: the two largest units. */
const humanTime = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0s'
  return parts
    .slice(first, first + 2)
    .map(([count, unit]) => (count > 0 ? `${count}${unit}` : ''))
    .join('')
}

const shutSession = ({ world, host, now, args: [pointer = ''] }: Request): Answer => {
  if (!pointer.startsWith('0x')) return { text: "Session pointer expected (use 'show sess').\n" }
  const found = sessionsOf(world, host, now).find(session => session.pointer === pointer)
  if (found === undefined) return { text: "No such session (use 'show sess').\n" }
  const args = { instance: host.id, frontend: found.frontend, session: found.number }
  return {
    text: '',
    change: { at: now, endpoint: 'haproxy', operation: 'shutdown session', args, result: null },
  }
}

/** The stick table of every proxy: who is connected, by address. */
const TABLE = 'clients'
const PERIOD_MS = 10_000
const SIZE = 102_400

const showTable = ({ world, host, now, args: [name] }: Request): Answer => {
  if (name !== undefined && name !== TABLE) return { text: 'No such table\n' }
  const clients = new Map<string, WorldSession[]>()
  for (const session of sessionsOf(world, host, now))
    clients.set(session.address, [...(clients.get(session.address) ?? []), session])
  const head = `# table: ${TABLE}, type: ipv6, size:${SIZE}, used:${clients.size}\n`
  if (name === undefined) return { text: head }
  const rows = [...clients].map(([address, sessions]) => {
    const rate = sessions.filter(({ bornAt }) => now - bornAt < PERIOD_MS).length
    const key = address.includes(':') ? address : `::ffff:${address}`
    const counts = `conn_rate(${PERIOD_MS})=${rate} conn_cur=${sessions.length}`
    return `0x7f${hex(10, world.seed, 'tracked', host.id, address)}: key=${key} use=${sessions.length} exp=600000 ${counts}\n`
  })
  return { text: `${head}${rows.join('')}` }
}

export const SESSION_COMMANDS: readonly Command[] = [
  {
    words: ['show', 'sess'],
    help: 'show sess [id]                          : report the list of current sessions or dump this exact session',
    mutating: false,
    answer: showSessions,
  },
  {
    words: ['show', 'table'],
    help: "show table <table> [<filter>]*          : report table usage stats or dump this table's contents (filter: data/key)",
    mutating: false,
    answer: showTable,
  },
  {
    words: ['shutdown', 'session'],
    help: 'shutdown session [id]                   : kill a specific session',
    mutating: true,
    answer: shutSession,
  },
]
