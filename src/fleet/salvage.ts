import type { Json } from '../domain/json.js'
import { loadYaml } from '../source/load-yaml.js'
import { plainValue } from '../source/node.js'
import type { Fleet } from './fleet.js'
import { fleetFile } from './schema.js'
import { toFleet } from './to-fleet.js'

/**
 * What still makes sense of a fleet file with mistakes: every key and every cluster that is right by itself, with
 * guardrails that let nothing pass where its own are wrong. To look at what can be looked at, and to take filters away,
 * whose places their register knows; never to act on otherwise.
 * Undefined where no cluster is right.
 */
export const salvageFleet = async (file: string): Promise<Fleet | undefined> => {
  const { whole, around } = await salvaged(file)
  const clusters = Object.entries(mapOf(whole.clusters)).filter(([name, cluster]) =>
    isRight({ ...around, clusters: { [name]: cluster } }),
  )
  const left = fleetFile.safeParse({ ...NOTHING_PASSES, ...around, clusters: Object.fromEntries(clusters) })
  return left.success ? toFleet(file, left.data) : undefined
}

/** Whose fleet it is, where no more than that can be read: guardrails that let nothing pass, and no cluster. */
export const salvageOwner = async (file: string): Promise<Fleet> => {
  const { around } = await salvaged(file)
  return { ...toFleet(file, fleetFile.parse({ ...SOUND, ...around, ...NOTHING_PASSES })), clusters: {} }
}

const salvaged = async (file: string): Promise<{ readonly whole: Written; readonly around: Written }> => {
  const { root } = await loadYaml(file)
  const whole = mapOf(root && plainValue(root))
  const around = Object.fromEntries(
    Object.entries(whole).filter(([key, value]) => key !== 'clusters' && isRight({ [key]: value })),
  )
  return { whole, around }
}

type Written = { readonly [key: string]: Json }

const mapOf = (value: Json | undefined): Written =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

const NOTHING_PASSES = { guardrails: { max_unavailable_proxies: 0, failures: 1 } }

/** One that nothing is wrong with, to judge a key by itself. */
const SOUND = {
  ...NOTHING_PASSES,
  clusters: {
    sound: {
      proxies: {
        kind: 'haproxy',
        discover: { static: [{ id: 'p' }] },
        admin: 'unix:/p',
        data: 'tcp://p:1',
        frontends: ['f'],
        min_healthy: 0,
      },
    },
  },
}

const isRight = (written: Written): boolean => fleetFile.safeParse({ ...SOUND, ...written }).success
