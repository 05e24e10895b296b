// Two clusters whose hosts are listed in the fleet file, and what runs on them.

import type { Hands } from '../../src/actions/contract.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import { discover } from '../../src/fleet/discovery.js'
import type { Discover, Fleet } from '../../src/fleet/fleet.js'
import type { Ran, SshRequest } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import { fleetOf } from '../fleet/fleets.js'
import { handsOn, lookAt, newCloud } from './cloud.js'

export type Site = {
  fleet: Fleet
  readonly ran: SshRequest[]
  /** How a program ends on a host; `ok` where nothing is said. */
  readonly ends: Map<string, Result<Ran>>
  /** How much the shard at that address logs; absent: it does not answer. */
  readonly levels: Map<string, number>
}

const list = (...targets: { readonly id: string; readonly private_ip: string }[]): Discover => ({
  kind: 'static',
  targets,
})

/** `east` has p1, p2 and the shards s1, s2; `west` has p3 and no shards. */
export const newSite = (): Site => {
  const east = fleetOf(
    list({ id: 'p1', private_ip: '10.0.0.1' }, { id: 'p2', private_ip: '10.0.0.2' }),
    list({ id: 's1', private_ip: '10.0.1.1' }, { id: 's2', private_ip: '10.0.1.2' }),
  )
  const west = fleetOf(list({ id: 'p3', private_ip: '10.0.2.1' }))
  const one = east.clusters['us-east-c1']
  const other = west.clusters['us-east-c1']
  if (!one || !other) throw new Error('the fleet has no cluster')
  const { guardrails } = east
  return {
    fleet: {
      ...east,
      clusters: { east: { ...one, name: 'east' }, west: { ...other, name: 'west' } },
      guardrails: { ...guardrails, commands: [['systemctl', 'reload'], ['tee']] },
      ssh: { user: 'ops', hostCas: [] },
      log: { throttle: ['quiet', 'haproxy'], restore: ['loud', 'haproxy'] },
    },
    ran: [],
    ends: new Map(),
    levels: new Map([
      ['tcp://10.0.1.1:11211', 2],
      ['tcp://10.0.1.2:11211', 0],
    ]),
  }
}

export const siteLook = (site: Site): Look => {
  const look = lookAt(newCloud())
  const reader = async () => fail('ec2.unavailable', 'no EC2 here', 'list the targets')
  const store = { save: () => ok(null), load: () => undefined }
  return {
    ...look,
    fleet: site.fleet,
    providers: providersOn(site, look.providers),
    discover: (cluster, role) => discover(site.fleet, cluster, role, { reader, store, clock: look.clock }),
  }
}

export const siteHands = (site: Site): Hands => {
  const hands = handsOn(newCloud())
  return {
    ...hands,
    fleet: site.fleet,
    providers: providersOn(site, hands.providers),
    secret: name =>
      name === 'key' ? ok('canary-value') : fail('secret.missing', `no secret ${name}`, 'set it'),
  }
}

const providersOn = (site: Site, others: Look['providers']): Look['providers'] => ({
  ...others,
  ssh: {
    run: async request => {
      site.ran.push(request)
      return site.ends.get(request.host) ?? ok({ exit: 0, stdout: 'fine', stderr: '' })
    },
  },
  memcached: url => ({
    ...others.memcached(url),
    stats: async () => {
      const level = site.levels.get(url)
      return level === undefined
        ? fail('target.timeout', `${url} did not answer.`, 'look')
        : ok({ verbosity: `${level}` })
    },
    setVerbosity: async level => {
      site.levels.set(url, level)
      return ok(null)
    },
  }),
})
