import { testWire } from '../providers/wire.js'
import { startDrillMemcached } from './drilled.js'
import type { RunningMemcached } from './memcached-suite.js'
import { memcachedSuite } from './memcached-suite.js'
import { startMemcached } from './real-memcached.js'
import { eachService } from './service.js'

const running =
  (...flags: string[]) =>
  async (): Promise<RunningMemcached> => {
    const { port, stop } = await startMemcached(...flags)
    return {
      wire: testWire(),
      url: `tcp://127.0.0.1:${port}`,
      ...(flags.includes('-F') ? { keeps: true as const } : {}),
      stop,
    }
  }

eachService(
  'the text protocol',
  [
    { name: 'memcached', binary: 'memcached', start: running() },
    { name: 'memcached -F', binary: 'memcached', start: running('-F') },
    { name: 'the drill', start: startDrillMemcached },
  ],
  memcachedSuite,
)
