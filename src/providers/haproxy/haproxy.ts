import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import type { Haproxy } from '../contract.js'
import type { Wire } from '../wire.js'
import { clients } from './clients.js'
import { type Address, change, read } from './command.js'
import { parseInfo } from './info.js'
import { LEVEL, parseLevel } from './level.js'
import { parseServers } from './servers.js'
import { parseStat } from './stat.js'

/** The runtime API of the process behind that URL. */
export const haproxy = (url: string, wire: Wire): Haproxy => {
  const at: Address = { url, wire }
  return {
    level: async () => {
      const told = await read(at, 'show cli level', LEVEL, parseLevel)
      return told.ok ? ok(told.value.level) : told
    },
    stat: () => read(at, 'show stat', '# ', parseStat),
    servers: () => read(at, 'show servers state', /^\d+\n# /, parseServers),
    info: () => read(at, 'show info', 'Name: ', parseInfo),
    disableFrontend: frontend => change(at, 'disable frontend', names('frontend', frontend)),
    enableFrontend: frontend => change(at, 'enable frontend', names('frontend', frontend)),
    setWeight: (backend, server, weight) =>
      change(at, 'set weight', names('server', backend, server), whole('weight', weight, HEAVIEST)),
    shutdownSessions: (backend, server) =>
      change(at, 'shutdown sessions server', names('server', backend, server)),
    setConnRateLimit: limit =>
      change(at, 'set rate-limit connections global', whole('connection rate', limit, HIGHEST)),
    ...clients(at),
  }
}

/** What HAProxy admits in a name; so no `;` or line end can smuggle in a second command. */
const NAME = /^[A-Za-z0-9_.:-]+$/

/** A frontend, or a server after its backend. */
const names = (kind: 'frontend' | 'server', ...parts: readonly string[]): Result<string> => {
  const wrong = parts.find(part => !NAME.test(part))
  if (wrong === undefined) return ok(parts.join('/'))
  return fail(
    'input.invalid',
    `${JSON.stringify(wrong)} cannot be the name of a ${kind}${kind === 'server' ? ' or a backend' : ''}.`,
    'HAProxy names have letters, digits, and - _ . : only; correct it where it is written.',
  )
}

const HEAVIEST = 256
/** HAProxy takes more, and cuts off what does not fit into 32 bits: 4294967296 would be 0, and so no limit. */
const HIGHEST = 2 ** 31 - 1

/** Judged here, because HAProxy 2.6 reads a rate of `abc` as 0, which takes the limit away, and says nothing. */
const whole = (what: string, value: number, most: number): Result<string> =>
  Number.isInteger(value) && value >= 0 && value <= most
    ? ok(`${value}`)
    : fail(
        'input.invalid',
        `${value} cannot be a ${what}.`,
        `Give a whole number from 0 to ${most}; nothing was sent.`,
      )
