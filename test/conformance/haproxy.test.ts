import { startDrillHaproxy } from './drilled.js'
import { haproxyClientsSuite } from './haproxy-clients-suite.js'
import { startHaproxyOverSsh } from './haproxy-over-ssh.js'
import { haproxySuite } from './haproxy-suite.js'
import { startHaproxy } from './real-haproxy.js'
import { eachService } from './service.js'

eachService(
  'the HAProxy runtime API',
  [
    { name: 'HAProxy over TCP', binary: 'haproxy', start: startHaproxy('tcp') },
    { name: 'HAProxy over a unix socket', binary: 'haproxy', start: startHaproxy('unix') },
    { name: 'HAProxy over ssh', binary: 'haproxy', also: 'sshd', start: startHaproxyOverSsh },
    { name: 'the drill', start: startDrillHaproxy('tcp://{private_ip}:9999') },
    {
      name: 'the drill, as if over ssh',
      start: startDrillHaproxy('ssh://ops@{private_ip}/run/haproxy/admin.sock'),
    },
  ],
  service => {
    haproxySuite(service)
    haproxyClientsSuite(service)
  },
)
