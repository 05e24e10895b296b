import { HAPROXY_LEVELS, type HaproxyLevel } from '../contract.js'
import type { Wrong } from './command.js'

/** `show cli level` answers whoever asks with the name of their own level, and changes nothing. */
export const LEVEL = new RegExp(`^(?:${HAPROXY_LEVELS.join('|')})\n\n$`)

export const parseLevel = (reply: string): { readonly level: HaproxyLevel } | Wrong => {
  const level = HAPROXY_LEVELS.find(one => one === reply.trim())
  return level ? { level } : { wrong: 'it is no level' }
}
