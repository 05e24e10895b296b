import { createHash } from 'node:crypto'
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

const SEAL = /^,"hash":"([0-9a-f]{64})"\}$/
const SEAL_BYTES = ',"hash":""}'.length + 64

/** The hash that a raw line carries, and whether it is the hash of its bytes. */
export const inspect = (line: Buffer): { readonly hash: string; readonly genuine: boolean } | undefined => {
  const hash = SEAL.exec(line.subarray(-SEAL_BYTES).toString('latin1'))?.[1]
  if (hash === undefined) return undefined
  const body = Buffer.concat([line.subarray(0, -SEAL_BYTES), Buffer.from('}')])
  return { hash, genuine: sha256(body) === hash }
}

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')
