import { testWire } from '../providers/wire.js'
import { freePort, startChild } from './child.js'
import { startDrillMemcached } from './drilled.js'
import type { RunningMemcached } from './memcached-suite.js'
import { memcachedSuite } from './memcached-suite.js'
import { eachService } from './service.js'

const startMemcached =
  (...more: string[]) =>
  async (): Promise<RunningMemcached> => {
    const port = await freePort()
    // memcached refuses to run as root without `-u`, and ignores it otherwise.
    const args = ['-u', 'nobody', '-l', '127.0.0.1', '-p', String(port), '-U', '0', '-m', '16', ...more]
    const child = await startChild('memcached', args, { host: '127.0.0.1', port })
    return {
      wire: testWire(),
      url: `tcp://127.0.0.1:${port}`,
      ...(more.includes('-F') ? { keeps: true as const } : {}),
      stop: child.stop,
    }
  }

eachService(
  'the text protocol',
  [
    { name: 'memcached', binary: 'memcached', start: startMemcached() },
    { name: 'memcached -F', binary: 'memcached', start: startMemcached('-F') },
    { name: 'the drill', start: startDrillMemcached },
  ],
  memcachedSuite,
)
