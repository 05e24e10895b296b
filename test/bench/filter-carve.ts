import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { subtract } from '../../src/fleet/addresses/arithmetic.js'
import { parsePrefix } from '../../src/fleet/addresses/parse-prefix.js'
import { findBinary } from '../conformance/service.js'
import type { Figure } from './bench.js'
import { bundled } from './bundled.js'
import { medianRatio } from './median.js'
import { time } from './pairs.js'

// What it costs to carve a long allowlist out of a long list of what is to be blocked.

const BLOCKED = 100_000
const KEPT = 10_000
const NAME = 'filter-carve-to-iprange'

/**
 * Two text files to the text of what is left: ours inside its process, the first time that this process does it,
 * against `iprange --except` as a whole process. Both must leave as many addresses. iprange knows IPv4 only.
 */
export const filterCarve = async (folder: string, pairs: number): Promise<readonly Figure[]> => {
  if (findBinary('iprange') === undefined)
    return [{ name: NAME, value: undefined, why: 'iprange is not installed' }]
  const dir = path.join(folder, 'carve')
  mkdirSync(dir)
  const files = [path.join(dir, 'blocked.txt'), path.join(dir, 'kept.txt')] as const
  const random = numbers(1)
  writeFileSync(files[0], prefixes(BLOCKED, random))
  writeFileSync(files[1], prefixes(KEPT, random))
  const inside = await carving(dir, files)
  const iprange = ['iprange', files[0], '--except', files[1]] as const
  const theirs = addressesOf(
    execFileSync(iprange[0], iprange.slice(1), { encoding: 'utf8', maxBuffer: 2 ** 26 }),
  )
  if (inside().addresses !== theirs)
    throw new Error(`ours leaves ${inside().addresses} addresses, iprange ${theirs}`)
  const value = await medianRatio(
    async () => inside().ms,
    () => time({ argv: iprange }),
    pairs,
  )
  return [{ name: NAME, value, aim: { atMost: 4 } }]
}

/** The same numbers each time, 32 bits each: Mulberry32 (Tommy Ettinger, public domain). */
const numbers = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return (mixed ^ (mixed >>> 14)) >>> 0
}

/** Of /20 to /32, in a sixteenth of all addresses: many hold or touch each other. Half of them are single addresses. */
const prefixes = (count: number, random: () => number): string => {
  const lines = Array.from({ length: count }, () => {
    const length = random() % 2 === 0 ? 32 : 20 + (random() % 12)
    const address = ((10 << 24) | (random() >>> 4)) >>> 0
    const first = ((address >>> (32 - length)) << (32 - length)) >>> 0
    const octets = [24, 16, 8, 0].map(shift => (first >>> shift) & 255).join('.')
    return length === 32 ? octets : `${octets}/${length}`
  })
  return `${lines.join('\n')}\n`
}

const addressesOf = (text: string): number =>
  lines(text).reduce((sum, line) => sum + 2 ** (32 - Number(line.split('/')[1] ?? 32)), 0)

const lines = (text: string): string[] => text.split('\n').filter(line => line !== '')

type Carved = { readonly ms: number; readonly addresses: number }

const SELF = fileURLToPath(import.meta.url)

/** In a process of its own, bundled as the program is. */
const carving = async (dir: string, files: readonly string[]): Promise<() => Carved> => {
  const run = await bundled(SELF, dir)
  return () => run(...files) as Carved // by this very file
}

const carve = (blocked: string, kept: string): Carved => {
  const started = performance.now()
  const left = subtract(read(blocked), read(kept)).join('\n')
  const ms = performance.now() - started
  return { ms, addresses: addressesOf(left) }
}

const read = (file: string) =>
  lines(readFileSync(file, 'utf8')).map(line => {
    const parsed = parsePrefix(line)
    if (!parsed.ok) throw new Error(parsed.failure.message)
    return parsed.value.prefix
  })

const [, script, blocked, kept] = process.argv
if (script === SELF && blocked !== undefined && kept !== undefined)
  console.log(JSON.stringify(carve(blocked, kept)))
