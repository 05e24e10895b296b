import type { Change } from '../world/change.js'
import type { World, WorldInstance } from '../world/world.js'
import { settings, stats, VERSION } from './memcached-stats.js'

export type MemcachedReply = { readonly text: string; readonly close?: boolean; readonly change?: Change }

type Request = {
  readonly world: World
  readonly shard: WorldInstance
  readonly now: number
  readonly words: readonly string[]
  readonly data: string | undefined
}

type Command = {
  readonly name: string
  readonly mutating: boolean
  readonly answer: (request: Request) => MemcachedReply
}

const LONGEST_KEY = 250
const LARGEST_ITEM = 1_000_000
/** It takes higher ones, and keeps this. */
const MOST_VERBOSE = 2
const BAD_LINE = { text: 'CLIENT_ERROR bad command line format\r\n' }
const ERROR = { text: 'ERROR\r\n' }

/** The texts are those of memcached 1.6. Expiry times are taken and not kept: a drill is shorter than they are. */
const COMMANDS: readonly Command[] = [
  { name: 'version', mutating: false, answer: () => ({ text: `VERSION ${VERSION}\r\n` }) },
  { name: 'quit', mutating: false, answer: () => ({ text: '', close: true }) },
  {
    name: 'stats',
    mutating: false,
    answer: ({ world, shard, now, words: [, of] }) => {
      if (of !== undefined && of !== 'settings') return ERROR
      const counted = of === undefined ? stats(world, shard, now) : settings(shard)
      const lines = Object.entries(counted).map(([name, value]) => `STAT ${name} ${value}`)
      return { text: [...lines, 'END', ''].join('\r\n') }
    },
  },
  {
    name: 'get',
    mutating: false,
    answer: ({ shard, words: [, ...keys] }) => {
      if (keys.length === 0) return ERROR
      if (keys.some(key => key.length > LONGEST_KEY)) return BAD_LINE
      const found = keys.map(key => {
        const item = Object.hasOwn(shard.items, key) ? shard.items[key] : undefined
        return item === undefined ? '' : `VALUE ${key} ${item.flags} ${item.data.length}\r\n${item.data}\r\n`
      })
      return { text: `${found.join('')}END\r\n` }
    },
  },
  { name: 'set', mutating: true, answer: request => set(request) },
  {
    name: 'verbosity',
    mutating: true,
    answer: ({ shard, now, words }) => {
      const [, level] = words
      if (level === undefined) return ERROR
      if (!/^\d{1,9}$/.test(level)) return BAD_LINE
      return {
        text: 'OK\r\n',
        change: {
          at: now,
          endpoint: 'memcached',
          operation: 'verbosity',
          args: { instance: shard.id, level: Math.min(Number(level), MOST_VERBOSE) },
          result: null,
        },
      }
    },
  },
  {
    name: 'flush_all',
    mutating: true,
    answer: ({ shard, now, words }) => {
      const delay = words.slice(1).find(word => word !== 'noreply') ?? '0'
      if (!/^-?\d+$/.test(delay)) return { text: 'CLIENT_ERROR invalid exptime argument\r\n' }
      return {
        text: words.at(-1) === 'noreply' ? '' : 'OK\r\n',
        // A delay is not simulated: memcached itself keeps it to within a second, and early.
        change: {
          at: now,
          endpoint: 'memcached',
          operation: 'flush_all',
          args: { instance: shard.id },
          result: null,
        },
      }
    },
  },
]

export const memcachedCommand = (name: string): Command | undefined =>
  COMMANDS.find(command => command.name === name)

/** The next whole request of the stream and its length in bytes; undefined until all of it is there. */
export const takeRequest = (
  buffer: Buffer,
): { readonly line: string; readonly data?: string; readonly length: number } | undefined => {
  const end = buffer.indexOf(0x0a)
  if (end === -1) return undefined
  const line = buffer.subarray(0, end).toString('latin1').replace(/\r$/, '')
  const size = dataSize(line)
  if (size === undefined) return { line, length: end + 1 }
  const length = end + 1 + size + 2
  if (buffer.length < length) return undefined
  return { line, data: buffer.subarray(end + 1, length).toString('latin1'), length }
}

/** How many bytes of data follow a `set` line. A line that is no good has none: what follows are commands. */
const dataSize = (line: string): number | undefined => {
  const [name, key, , , bytes] = line.split(' ').filter(word => word !== '')
  if (name !== 'set' || key === undefined || bytes === undefined || !/^\d{1,7}$/.test(bytes)) return undefined
  return Number(bytes)
}

const set = ({ shard, now, words, data }: Request): MemcachedReply => {
  if (words.length < 5) return ERROR
  const [, key = '', flags = ''] = words
  if (data === undefined || key.length > LONGEST_KEY || !/^\d+$/.test(flags)) return BAD_LINE
  if (!data.endsWith('\r\n')) return { text: 'CLIENT_ERROR bad data chunk\r\n' }
  if (data.length > LARGEST_ITEM) return { text: 'SERVER_ERROR object too large for cache\r\n' }
  return {
    text: words[5] === 'noreply' ? '' : 'STORED\r\n',
    change: {
      at: now,
      endpoint: 'memcached',
      operation: 'set',
      args: { instance: shard.id, key, flags, data: data.slice(0, -2) },
      result: null,
    },
  }
}
