import { createConnections } from '../../src/providers/ssh/connections.js'
import type { RunningHaproxy } from './haproxy-suite.js'
import { startHaproxy } from './real-haproxy.js'
import { startSshd } from './real-sshd.js'

/** HAProxy's unix socket on a host that only ssh leads to. */
export const startHaproxyOverSsh = async (): Promise<RunningHaproxy> => {
  const haproxy = await startHaproxy('unix')()
  const sshd = await startSshd()
  const { wire } = haproxy
  const outside = { env: process.env, redact: (text: string) => text }
  const connections = createConnections({ clock: wire.clock, outside, ssh: sshd.settings })
  return {
    ...haproxy,
    wire: { ...wire, tunnel: connections.tunnel },
    admin: haproxy.admin.replace('unix:', `ssh://127.0.0.1:${sshd.port}`),
    stop: async () => {
      connections.close()
      await sshd.stop()
      await haproxy.stop()
    },
  }
}
