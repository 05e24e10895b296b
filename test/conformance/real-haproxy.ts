import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { tcpServer } from '../providers/servers.js'
import { testWire } from '../providers/wire.js'
import { freePort, startChild } from './child.js'
import { LISTED_BY_HAND, TABLE } from './haproxy-clients-suite.js'
import type { RunningHaproxy } from './haproxy-suite.js'

/** HAProxy with two frontends in front of something that answers `version`; on that address, at free ports or those. */
export const startHaproxy =
  (admin: 'tcp' | 'unix', host = '127.0.0.1', at?: FrontendPorts) =>
  async (): Promise<RunningHaproxy> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'fb-haproxy-'))
    const shard = await tcpServer(socket => socket.on('data', () => socket.write('VERSION 1.6.18\r\n')))
    const frontends = at ?? { shard1: await freePort(), shard2: await freePort() }
    const ports = { admin: await freePort(), ...frontends }
    const file = path.join(folder, 'haproxy.cfg')
    const socket = path.join(folder, 'admin.sock')
    const denyList = path.join(folder, 'denied.lst')
    await writeFile(denyList, `# put here by hand\n${LISTED_BY_HAND}\n`)
    await writeFile(file, config({ ...ports, host, socket, denyList, shard: shard.port }))
    // HAProxy moves its unix socket into place after it listens: what is asked later is what is waited for.
    const listensAt = admin === 'unix' ? { path: socket } : { host: '127.0.0.1', port: ports.admin }
    const child = await startChild('haproxy', ['-db', '-f', file], listensAt)
    return {
      wire: testWire(),
      admin: admin === 'unix' ? `unix:${socket}` : `tcp://127.0.0.1:${ports.admin}`,
      data: frontend => `tcp://${host}:${ports[frontend]}`,
      countsOurs: true,
      denyList,
      stop: async () => {
        await child.stop()
        await shard.close()
        await rm(folder, { recursive: true })
      },
    }
  }

export type FrontendPorts = { readonly shard1: number; readonly shard2: number }

type Ports = FrontendPorts & { readonly host: string; readonly admin: number; readonly shard: number }

const config = (options: Ports & { readonly socket: string; readonly denyList: string }): string => `
global
  stats socket unix@${options.socket} level admin
  stats socket unix@${options.socket.replace('admin', 'operator')} level operator
  stats socket ipv4@127.0.0.1:${options.admin} level admin
  stats maxconn 50
defaults
  mode tcp
  timeout connect 1s
  timeout client 30s
  timeout server 30s
frontend shard1
  bind ${options.host}:${options.shard1}
  maxconn 100
  ${filtering(options.denyList)}
  default_backend shard1
frontend shard2
  bind ${options.host}:${options.shard2}
  ${filtering(options.denyList)}
  default_backend shard2
backend shard1
  server s1 127.0.0.1:${options.shard}
backend shard2
  server s1 127.0.0.1:${options.shard}
backend ${TABLE}
  stick-table type ipv6 size 1k expire 10m store conn_cur,conn_rate(10s)
backend names
  stick-table type string len 20 size 1k store gpc0
`

const filtering = (list: string): string => `tcp-request connection reject if { src -f ${list} }
  tcp-request connection track-sc0 src table ${TABLE}`
