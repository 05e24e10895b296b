import { hash as hashOf } from 'node:crypto'
import type { Event } from '../domain/event.js'

export type Link = { readonly line: string; readonly hash: string }

/** One line of the chain, without its newline: the fields in their fixed order, `hash` last. */
export const forge = (
  event: Event,
  envelope: { readonly seq: number; readonly incident: string; readonly prev: string; readonly wall?: string },
): Link => {
  const { seq, incident, prev, wall } = envelope
  const body = JSON.stringify({
    v: 1,
    seq,
    at: event.at,
    ...(wall === undefined ? {} : { wall }),
    incident,
    actor: event.actor,
    ...(event.frame === undefined ? {} : { frame: event.frame }),
    type: event.type,
    data: event.data,
    prev,
  })
  const hash = sha256(body)
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash }
}

const SEAL = { begins: ',"hash":"', ends: '"}' } as const
const SEAL_BYTES = SEAL.begins.length + 64 + SEAL.ends.length
const COMMA = 0x2c
const BRACE = 0x7d

/** The hash that a raw line carries, and whether it is the hash of its bytes. */
export const inspect = (line: Buffer): { readonly hash: string; readonly genuine: boolean } | undefined => {
  const end = line.length - SEAL_BYTES
  const seal = line.toString('latin1', Math.max(0, end))
  if (end < 0 || !seal.startsWith(SEAL.begins) || !seal.endsWith(SEAL.ends)) return undefined
  const hash = seal.slice(SEAL.begins.length, -SEAL.ends.length)
  // The comma before the hash becomes the brace that ended the body, for as long as it is read: no line is copied.
  line[end] = BRACE
  const genuine = sha256(line.subarray(0, end + 1)) === hash
  line[end] = COMMA
  return { hash, genuine }
}

const sha256 = (bytes: string | Buffer): string => hashOf('sha256', bytes)
