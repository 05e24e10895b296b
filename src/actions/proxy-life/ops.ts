import { allow } from '../ip-filter/ops/allow.js'
import { deny } from '../ip-filter/ops/deny.js'
import { lookBack } from '../ip-filter/ops/look-back.js'
import { awaitDrained } from './await-drained.js'
import { awaitRunning } from './await-running.js'
import { awaitServing } from './await-serving.js'
import { launch } from './launch.js'
import { enterService, leaveService, park, unpark } from './park.js'
import { shutSessions } from './shut-sessions.js'
import { disableFrontend, enableFrontend } from './turn-frontend.js'

/** Of every action that brings proxies into service and takes others out of it. */
export const PROXY_LIFE = {
  launch,
  'await-running': awaitRunning,
  'await-serving': awaitServing,
  deny,
  'look-back': lookBack,
  allow,
  'enter-service': enterService,
  'leave-service': leaveService,
  'disable-frontend': disableFrontend,
  'enable-frontend': enableFrontend,
  'await-drained': awaitDrained,
  'shut-sessions': shutSessions,
  park,
  unpark,
} as const
