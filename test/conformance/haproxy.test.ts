import { startDrillHaproxy } from './drilled.js'
import { haproxySuite } from './haproxy-suite.js'
import { startHaproxy } from './real-haproxy.js'
import { eachService } from './service.js'

eachService(
  'the HAProxy runtime API',
  [
    { name: 'HAProxy over TCP', binary: 'haproxy', start: startHaproxy('tcp') },
    { name: 'HAProxy over a unix socket', binary: 'haproxy', start: startHaproxy('unix') },
    { name: 'the drill', start: startDrillHaproxy },
  ],
  haproxySuite,
)
