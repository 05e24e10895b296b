import type { Change } from '../world/change.js'
import { SERVER_NAME } from '../world/settings.js'
import type { World, WorldCluster, WorldInstance } from '../world/world.js'

export type Request = {
  readonly world: World
  readonly host: WorldInstance
  readonly cluster: WorldCluster
  readonly now: number
  readonly args: readonly string[]
}
export type Answer = { readonly text: string; readonly change?: Change }

/** One command of the runtime API. The texts are those of HAProxy 2.6; a change that succeeds says nothing. */
export type Command = {
  readonly words: readonly string[]
  readonly help: string
  readonly mutating: boolean
  readonly answer: (request: Request) => Answer
}

/** The backend of `backend/server`, or what HAProxy says where there is none. */
export const backendOf = ({ cluster, args }: Request): { readonly backend: string } | Answer => {
  const [backend, server] = (args[0] ?? '').split('/')
  if (backend === undefined || server === undefined) return { text: "Require 'backend/server'.\n" }
  if (!cluster.frontends.some(({ name }) => name === backend)) return { text: 'No such backend.\n' }
  return server === SERVER_NAME ? { backend } : { text: 'No such server.\n' }
}

/** What C's `strtol` makes of the beginning of a text: undefined where it begins with no number. */
export const leadingNumber = (text: string): { readonly value: bigint; readonly rest: string } | undefined => {
  const [, digits, rest = ''] = /^([+-]?\d+)(.*)$/.exec(text) ?? []
  if (digits === undefined) return undefined
  const value = BigInt(digits.replace(/^\+/, ''))
  return { value: value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST - 1n : value, rest }
}

const LARGEST = 2n ** 63n - 1n
