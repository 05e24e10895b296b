import { frontendEnabled, instancesOf } from '../world/instances.js'
import { frontendArrivals, frontendLimit } from '../world/load.js'
import { frontendSessions } from '../world/sessions.js'
import { SERVER_NAME, weightAt } from '../world/settings.js'
import type { World, WorldInstance } from '../world/world.js'

/** The header of HAProxy 2.6 up to the `-` field, after which the order is not guaranteed. */
const COLUMNS =
  'pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,qtime_max,ctime_max,rtime_max,ttime_max,eint,idle_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est,uweight,agg_server_status,agg_server_check_status,agg_check_status,-'.split(
    ',',
  )

const TYPE = { frontend: 0, backend: 1, server: 2 } as const

/** The first section of the configuration file gets number 2: the runtime API itself is number 1. */
export const FIRST_SECTION = 2

type Row = { readonly [column: string]: string | number }

/** `show stat`, or `show stat {<section>|-1} <types> <server>` with the bits 1, 2 and 4 for the types. */
export const showStat = (world: World, host: WorldInstance, now: number, args: readonly string[]): string => {
  const rows = (world.clusters[host.cluster]?.frontends ?? []).flatMap((frontend, index) =>
    sectionRows(world, host, frontend.name, index, now),
  )
  const chosen = args.length < 3 ? rows : rows.filter(row => isChosen(row, args))
  const lines = chosen.map(row => COLUMNS.map(column => row[column] ?? '').join(','))
  return [`# ${COLUMNS.join(',')},`, ...lines.map(line => `${line},`), ''].join('\n')
}

const isChosen = (row: Row, [section, types, server]: readonly string[]): boolean =>
  (section === '-1' || section === row.pxname || section === String(row.iid)) &&
  (Number(types) === -1 || (Number(types) & (1 << Number(row.type))) !== 0) &&
  (server === '-1' || server === String(row.sid))

const sectionRows = (world: World, host: WorldInstance, section: string, index: number, now: number): Row[] => {
  const sessions = frontendSessions(world, host, section, now)
  const limit = frontendLimit(world, host)
  const upFor = Math.max(0, Math.floor((now - host.servingAt) / 1000))
  const shard = instancesOf(world, host.cluster, 'shard')[index]
  const common = { pxname: section, pid: 1, iid: FIRST_SECTION + index, mode: 'tcp', '-': '-' }
  const count = { scur: sessions, smax: sessions, stot: sessions + upFor, bin: 0, bout: 0 }
  const queue = { qcur: 0, qmax: 0, econ: 0, eresp: 0, wretr: 0, wredis: 0, cli_abrt: 0, srv_abrt: 0 }
  const weight = weightAt(host, section, now)
  const up = { status: 'UP', weight, act: 1, bck: 0, lastchg: upFor, downtime: 0, lbtot: 0 }
  const rate = frontendArrivals(world, host, section, now)
  const traffic = { rate, rate_max: rate, lastsess: 0, qtime: 0, ctime: 0, rtime: 0, ttime: 0 }
  return [
    {
      ...common,
      ...count,
      svname: 'FRONTEND',
      slim: limit,
      status: frontendEnabled(host, section, now) ? 'OPEN' : 'PAUSED',
      sid: 0,
      type: TYPE.frontend,
      dreq: 0,
      dresp: 0,
      ereq: 0,
      rate,
      rate_lim: 0,
      rate_max: rate,
    },
    {
      ...common,
      ...queue,
      ...count,
      ...up,
      ...traffic,
      svname: SERVER_NAME,
      sid: 1,
      type: TYPE.server,
      chkfail: 0,
      chkdown: 0,
      check_status: 'L4OK',
      check_duration: 0,
      addr: shard === undefined ? '' : `${shard.privateIp}:${world.clusters[host.cluster]?.shardPort ?? 0}`,
    },
    {
      ...common,
      ...queue,
      ...count,
      ...up,
      ...(weight > 0 ? {} : { status: 'DOWN', act: 0 }), // no server is left that new connections could go to
      ...traffic,
      svname: 'BACKEND',
      slim: Math.ceil(limit / 10),
      sid: 0,
      type: TYPE.backend,
      chkdown: 0,
      algo: 'roundrobin',
    },
  ]
}
